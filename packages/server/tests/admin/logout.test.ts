import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acmePassword } from '../harness/fixtures.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const clientWithBackChannel = 'web'

describe('logout by an administrator', () => {
  let server: TestServer
  let admin: AdminSession
  let receiver: Server
  const received: Record<string, unknown>[] = []

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const token = new URLSearchParams(text).get('logout_token') ?? ''
      received.push(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))
      response.writeHead(204).end()
    }).listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    const path = '/admin/realms/acme/clients'
    const found = await admin.send(`${path}?clientId=${clientWithBackChannel}`)
    const [client] = found.body as { id: string; attributes: Record<string, string> }[]
    const { port } = receiver.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/logout`
    const body = { ...client, attributes: { 'backchannel.logout.url': url } }
    await admin.send(`${path}/${client?.id}`, { method: 'PUT', body })
  })
  afterAll(async () => {
    receiver?.close()
    await server?.[Symbol.asyncDispose]()
  })

  /** @returns the claims of an access token */
  async function signIn(username: string): Promise<{ sub: string; sid: string }> {
    const answer = await fetch(`${server.realmUrl('acme')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: clientWithBackChannel,
        client_secret: 'web-secret',
        username,
        password: acmePassword(username),
      }),
    })
    const { access_token: token } = (await answer.json()) as { access_token: string }
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
  }

  it('tells the clients of every session of the user', async () => {
    const sessions = [await signIn('bob'), await signIn('bob')]
    const path = `/admin/realms/acme/users/${sessions[0]?.sub}/logout`
    expect((await admin.send(path, { method: 'POST' })).status).toBe(204)
    // Clients are waited for only a moment, which a busy machine may need to tell them.
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(2)
    const told = received.splice(0)
    expect(told.map(({ sid }) => sid).sort()).toEqual(sessions.map(({ sid }) => sid).sort())
    expect(told[0]).toMatchObject({ sub: sessions[0]?.sub, aud: clientWithBackChannel })
  })

  it('tells the clients of one session', async () => {
    const { sid } = await signIn('carol')
    const ended = await admin.send(`/admin/realms/acme/sessions/${sid}`, { method: 'DELETE' })
    expect(ended.status).toBe(204)
    await expect.poll(() => received.length, { timeout: 10_000 }).toBe(1)
    expect(received.splice(0)).toMatchObject([{ sid }])
  })

  it('tells applications at their admin URL what the realm revokes', async () => {
    const told: { url: string; claims: Record<string, unknown> }[] = []
    const application = createServer(async (request, response) => {
      let text = ''
      for await (const chunk of request) text += chunk
      const claims = JSON.parse(Buffer.from(text.split('.')[1] ?? '', 'base64url').toString())
      told.push({ url: request.url ?? '', claims })
      response.writeHead(204).end()
    }).listen(0, '127.0.0.1')
    await once(application, 'listening')
    try {
      const { port } = application.address() as AddressInfo
      const adminUrl = `http://127.0.0.1:${port}/app`
      const resource = `managed-${port}`
      const body = { clientId: resource, adminUrl }
      await admin.send('/admin/realms/acme/clients', { method: 'POST', body })
      const post = async (path: string) =>
        (await admin.send(`/admin/realms/acme/${path}`, { method: 'POST' })).body
      const taken = { successRequests: [adminUrl] }
      expect(await post('push-revocation')).toMatchObject(taken)
      const before = Math.floor(Date.now() / 1_000)
      expect(await post('logout-all')).toMatchObject(taken)
      expect(told.map(({ url }) => url)).toEqual(['/app/k_push_not_before', '/app/k_logout'])
      expect(told.map(({ claims }) => claims)).toEqual([
        expect.objectContaining({ resource, action: 'PUSH_NOT_BEFORE' }),
        expect.objectContaining({ resource, action: 'LOGOUT' }),
      ])
      const { notBefore } = (await admin.send('/admin/realms/acme')).body as { notBefore: number }
      expect(notBefore).toBeGreaterThanOrEqual(before)
      expect(told[1]?.claims['notBefore']).toBe(notBefore)
    } finally {
      application.close()
    }
  })
})
