import fastify, { type FastifyInstance } from 'fastify'
import { expect, test } from 'vitest'
import { HttpServers } from './http-servers.ts'
import type { HttpSettings } from './http-settings.ts'
import { LaterRouter } from './later-router.ts'

const settings: HttpSettings = {
  host: '127.0.0.1',
  port: 0,
  enabled: true,
  httpsPort: 0,
  tls: undefined,
  relativePath: '',
  requestsMax: 100,
  hostname: { hostname: undefined, admin: undefined, strict: false, backchannelDynamic: false },
  proxy: { headers: undefined, trustedAddresses: undefined },
}

async function listening(open: () => Promise<FastifyInstance>, errors: unknown[] = []) {
  const app = fastify()
  app.get('/', async () => 'main')
  const later = new LaterRouter({
    prefix: '/admin/',
    open,
    onError: (error) => errors.push(error),
  })
  const servers = new HttpServers({ settings, app, later })
  await servers.listen()
  return servers
}

async function adminApp(): Promise<FastifyInstance> {
  const app = fastify()
  app.post('/admin/echo', async (request) => request.body)
  await app.ready()
  return app
}

test('its endpoints are made once, by the first requests, whose bodies are not lost', async () => {
  let opened = 0
  await using servers = await listening(async () => {
    opened += 1
    return await adminApp()
  })
  const url = `http://127.0.0.1:${servers.port}`
  expect(await (await fetch(url)).text()).toBe('main')
  expect(opened).toBe(0)
  const headers = { 'content-type': 'application/json' }
  const send = async (body: string) =>
    await (await fetch(`${url}/admin/echo`, { method: 'POST', headers, body })).json()
  expect(await Promise.all([send('[1]'), send('[2]')])).toEqual([[1], [2]])
  expect(await send('[3]')).toEqual([3])
  expect(opened).toBe(1)
})

test('requests are refused for now while it cannot be opened, and served afterwards', async () => {
  let broken = true
  const errors: unknown[] = []
  await using servers = await listening(async () => {
    if (broken) throw new Error('no file descriptors')
    return await adminApp()
  }, errors)
  const send = async () =>
    await fetch(`http://127.0.0.1:${servers.port}/admin/echo`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
  const refused = await send()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(errors).toEqual([new Error('no file descriptors')])
  broken = false
  expect((await send()).status).toBe(200)
})
