import { connect } from 'node:net'
import { expect, inject, test } from 'vitest'
import { DatabaseProxy } from '../cluster/database-proxy.ts'
import { startServer } from '../harness/server-process.ts'
import { createDatabase } from '../harness/test-database.ts'
import { startTestServer } from '../harness/test-server.ts'
import { until } from './holdfast-process.ts'

/** At work and in line together, for each worker. */
const requestsMax = 3
const bounded = ['--http-max-queued-requests=1', '--http-pool-max-threads=2']

async function refusedIn(managementUrl: string): Promise<number> {
  const metrics = await (await fetch(`${managementUrl}/metrics`)).text()
  const lines = /^http_server_requests_seconds_count\{.*status="503",uri="UNKNOWN".*\} (\d+)$/gm
  return [...metrics.matchAll(lines)].reduce((sum, [, count]) => sum + Number(count), 0)
}

test('while all that may wait wait for the database, others get 503, and health, metadata and keys go on', async () => {
  await using database = await createDatabase(inject('postgresUrl'), {
    template: inject('templateName'),
  })
  await using proxy = await DatabaseProxy.start(database.url)
  await using server = await startServer({ databaseUrl: proxy.url, options: bounded })
  const realm = server.realmUrl('demo')
  const published = [
    '/.well-known/openid-configuration',
    '/.well-known/oauth-authorization-server',
    '/protocol/openid-connect/certs',
  ]
  const signIn = async () =>
    await fetch(`${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'x', username: 'x' }),
    })
  for (const path of published) expect((await fetch(`${realm}${path}`)).status).toBe(200)
  await (await signIn()).text()

  proxy.freeze()
  const begin = performance.now()
  const unknown = () => fetch(`${server.realmUrl(`unknown-${Math.random()}`)}`)
  const waiting = Array.from({ length: requestsMax + 1 }, unknown)
  const refused = await Promise.race(waiting)
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(await refused.json()).toEqual({
    error: 'temporarily_unavailable',
    error_description: 'Too many requests at once',
  })
  expect((await signIn()).status).toBe(503)
  const stranger = await fetch(`${server.realmUrl('stranger')}/protocol/openid-connect/certs`)
  expect(stranger.status).toBe(503)
  for (const path of published) expect((await fetch(`${realm}${path}`)).status).toBe(200)
  expect((await fetch(`${server.managementUrl}/health/live`)).status).toBe(200)
  expect(await refusedIn(server.managementUrl)).toBeGreaterThanOrEqual(3)
  const tookMs = performance.now() - begin
  expect(tookMs).toBeLessThan(2_000)

  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(503)
  proxy.restore()
  await until(async () => (await signIn()).status !== 503, 15_000)
})

test('a crowd within the bound is served to the last, whether or not it comes at once', async () => {
  await using test = await startTestServer()
  const statuses = await Promise.all(
    Array.from({ length: 200 }, async () => {
      const answer = await fetch(`${test.realmUrl('demo')}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'nobody' }),
      })
      await answer.arrayBuffer()
      return answer.status
    }),
  )
  expect(new Set(statuses)).toEqual(new Set([401]))
  expect(await refusedIn(test.server.managementUrl)).toBe(0)
})

test('clients that only begin to send keep nobody out', async () => {
  await using test = await startTestServer({ options: bounded })
  const { port, hostname } = new URL(test.url)
  const path = '/realms/demo/protocol/openid-connect/token'
  const slow = Array.from({ length: 4 * requestsMax }, () => {
    const socket = connect(Number(port), hostname)
    socket.write(`POST ${path} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 100\r\n\r\n`)
    return socket
  })
  await new Promise((resume) => setTimeout(resume, 200))
  expect((await fetch(`${test.realmUrl('demo')}/account`)).status).not.toBe(503)
  expect((await fetch(`${test.url}${path}`, { method: 'POST' })).status).not.toBe(503)
  for (const socket of slow) socket.destroy()
})
