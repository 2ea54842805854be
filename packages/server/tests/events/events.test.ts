import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acmePassword } from '../harness/fixtures.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let authorization: string

beforeAll(async () => {
  server = await startTestServer({
    options: ['--event-metrics-user-enabled=true', '--event-metrics-user-tags=realm,clientId,idp'],
  })
  const form = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
  const response = await token('master', form)
  const { access_token } = (await response.json()) as { access_token: string }
  authorization = `Bearer ${access_token}`
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

function token(realm: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${server.realmUrl(realm)}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
}

async function admin(path: string, init: RequestInit = {}) {
  const response = await fetch(`${server.url}/admin/realms/acme${path}`, {
    ...init,
    headers: { authorization, 'content-type': 'application/json' },
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
}

const login = (password: string) =>
  token('acme', { grant_type: 'password', client_id: 'admin-cli', username: 'alice', password })

describe('login events', () => {
  it('are kept as the realm says, newest first, and found by every filter', async () => {
    await login('wrong')
    await login(acmePassword('alice'))
    const { status, body } = await admin('/events?client=admin-cli')
    expect(status).toBe(200)
    expect(body).toMatchObject([
      {
        type: 'LOGIN',
        clientId: 'admin-cli',
        ipAddress: '127.0.0.1',
        details: { username: 'alice' },
      },
      { type: 'LOGIN_ERROR', error: 'invalid_user_credentials' },
    ])
    const [newest] = body as [{ userId: string; time: number }]
    const found = [
      '/events?type=LOGIN&type=LOGOUT',
      `/events?user=${newest.userId}&type=LOGIN`,
      '/events?ipAddress=127.0.0.1&max=1',
      `/events?dateFrom=${newest.time}`,
      '/events?direction=asc&first=1',
    ]
    for (const path of found) expect((await admin(path)).body, path).toMatchObject([newest])
    expect((await admin('/events?dateTo=2020-01-01')).body).toEqual([])
    expect((await admin('/events?client=nobody')).body).toEqual([])
  })

  it('refuse filters that mean nothing', async () => {
    expect(await admin('/events?dateFrom=xx')).toEqual({
      status: 400,
      body: {
        error: "Invalid value for 'dateFrom', expected format is yyyy-MM-dd or an Epoch timestamp",
      },
    })
    expect((await admin('/events?type=NOPE')).status).toBe(400)
    expect((await admin('/events?max=abc')).status).toBe(404)
  })

  it('are counted and logged', async () => {
    const metrics = await (await fetch(`${server.server.managementUrl}/metrics`)).text()
    expect(metrics).toMatch(
      /keycloak_user_events_total\{realm="acme",client_id="admin-cli",idp="",event="login",error="invalid_user_credentials"\} 1/,
    )
    expect(server.server.log).toMatch(
      /WARN {2}\[org\.keycloak\.events\].*type="LOGIN_ERROR", realmId="[^"]+", realmName="acme", clientId="admin-cli"/,
    )
  })

  it('can be cleared', async () => {
    expect((await admin('/events', { method: 'DELETE' })).status).toBe(204)
    expect((await admin('/events')).body).toEqual([])
  })
})

describe('admin events', () => {
  it('tell who changed what, without secrets', async () => {
    const user = {
      username: 'observed',
      enabled: true,
      credentials: [{ type: 'password', value: 'very-secret-Passw0rd' }],
    }
    const created = await admin('/users', { method: 'POST', body: JSON.stringify(user) })
    expect(created.status).toBe(201)
    const query = '/admin-events?operationTypes=CREATE&resourceTypes=USER&resourcePath=users*'
    const { body } = await admin(query)
    expect(body).toMatchObject([{ operationType: 'CREATE', resourceType: 'USER' }])
    expect(JSON.stringify(body)).not.toContain('very-secret')
    expect((await admin('/admin-events?authUser=nope')).body).toEqual([])
    expect((await admin('/admin-events', { method: 'DELETE' })).status).toBe(204)
    expect((await admin('/admin-events')).body).toEqual([])
  })
})

describe('what a realm keeps', () => {
  it('is read and changed', async () => {
    const before = await admin('/events/config')
    expect(before.body).toMatchObject({ eventsEnabled: true, eventsListeners: ['jboss-logging'] })
    const change = { eventsEnabled: false, eventsListeners: ['jboss-logging'] }
    const put = await admin('/events/config', { method: 'PUT', body: JSON.stringify(change) })
    expect(put.status).toBe(204)
    expect((await admin('/events/config')).body).toMatchObject({ eventsEnabled: false })
    const unknown = { eventsListeners: ['nope'] }
    expect(await admin('/events/config', { method: 'PUT', body: JSON.stringify(unknown) })).toEqual(
      {
        status: 400,
        body: { error: 'Unknown event listener' },
      },
    )
  })
})
