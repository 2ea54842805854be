import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { ServerProcess } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { clusterCheck, eventually, metric, startNode } from './cluster-node.ts'
import { DatabaseProxy } from './database-proxy.ts'

/** Longest that a client waits for being told to ask another node. */
const promptMs = 1_000

/** What was true five seconds ago may not be any more; a load balancer must learn at once that another node knows better. */
async function refusesAtOnce(node: ServerProcess): Promise<void> {
  const start = performance.now()
  const answer = await fetch(`${node.realmUrl('master')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password' }),
  })
  expect(await answer.text()).toContain('temporarily_unavailable')
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('2')
  expect(performance.now() - start).toBeLessThan(promptMs)
}

/** What clients need to start and to check tokens: it grants nothing. */
async function publishedBy(node: ServerProcess): Promise<string[]> {
  const realm = node.realmUrl('master')
  const paths = ['/.well-known/openid-configuration', '/protocol/openid-connect/certs']
  return await Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${realm}${path}`)
      expect(answer.status).toBe(200)
      return await answer.text()
    }),
  )
}

/** Longer than a lease. */
const outageMs = 13_000

describe('two nodes whose database goes away', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let proxy: DatabaseProxy
  let nodes: ServerProcess[] = []

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    proxy = await DatabaseProxy.start(database.url)
    const start = (name: string) => startNode({ databaseUrl: proxy.url, name })
    nodes = await Promise.all([start('node-1'), start('node-2')])
  })

  afterAll(async () => {
    await Promise.all(nodes.map((node) => node.stop()))
    await proxy?.[Symbol.asyncDispose]()
    await database?.[Symbol.asyncDispose]()
  })

  const states = () =>
    Promise.all(
      nodes.map(async ({ managementUrl }) => {
        const ready = await fetch(`${managementUrl}/health/ready`, {
          signal: AbortSignal.timeout(2_000),
        })
        await ready.arrayBuffer()
        return `${ready.status}/${await metric(managementUrl, 'vendor_cluster_size')}`
      }),
    )

  test.each(['freeze', 'refuse'] as const)(
    '(%s): they become not ready, and are one cluster again by themselves within 10 s',
    async (how) => {
      await eventually(
        'both are ready',
        10_000,
        async () => (await states()).join() === '200/2,200/2',
      )
      const published = await Promise.all(nodes.map(publishedBy))
      proxy[how]()
      await new Promise((resolve) => setTimeout(resolve, outageMs))
      for (const { managementUrl } of nodes) {
        expect((await fetch(`${managementUrl}/health/ready`)).status).toBe(503)
        expect((await clusterCheck(managementUrl)).data).toMatchObject({ lease: 'ended' })
        expect((await fetch(`${managementUrl}/health/live`)).status).toBe(200)
      }
      for (const node of nodes) await refusesAtOnce(node)
      expect(await Promise.all(nodes.map(publishedBy))).toEqual(published)
      proxy.restore()
      const tookMs = await eventually(
        'both are ready again',
        10_000,
        async () => (await states()).join() === '200/2,200/2',
      )
      expect(tookMs).toBeLessThan(10_000)
      const members = await database.query<{ name: string }>(
        'SELECT name FROM cluster_member ORDER BY name',
      )
      expect(members.map(({ name }) => name)).toEqual(['node-1', 'node-2'])
    },
  )
})

/** A load balancer learns within this time of a database that is gone. */
const noticedMs = 5_000
const refusedRequests = 50

test('a database that is gone makes a node unready within seconds, and fills no disk', async () => {
  await using database = await createDatabase(inject('postgresUrl'), {
    template: inject('templateName'),
  })
  await using proxy = await DatabaseProxy.start(database.url)
  await using node = await startNode({ databaseUrl: proxy.url, name: 'alone' })
  const readiness = async () => {
    const answer = await fetch(`${node.managementUrl}/health/ready`)
    await answer.arrayBuffer()
    return answer.status
  }
  const told = (text: string) => node.log.split('\n').filter((line) => line.includes(text)).length
  const before = node.log.length
  proxy.refuse()
  await eventually('it is not ready', noticedMs, async () => (await readiness()) === 503)
  const login = { grant_type: 'password', client_id: 'admin-cli', username: 'a', password: 'b' }
  const statuses = Array.from({ length: refusedRequests }, async () => {
    const answer = await fetch(`${node.realmUrl('master')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams(login),
    })
    await answer.arrayBuffer()
    return answer.status
  })
  expect(new Set(await Promise.all(statuses))).toEqual(new Set([503]))
  expect(node.log.slice(before).split('\n').length).toBeLessThan(8)
  expect(told('The database cannot be used')).toBe(1)
  proxy.restore()
  await eventually('it is ready again', 10_000, async () => (await readiness()) === 200)
  await eventually('it says so', 10_000, async () => told('The database answers again') === 1)
  const end = node.log.split('\n').find((line) => line.includes('The database answers again'))
  expect(end).toMatch(/\d+ statements failed, \d+ requests were refused/)
})
