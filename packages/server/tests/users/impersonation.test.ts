import { beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { ownRealm } from './realm.ts'

const password = 'pw'
const complete = { enabled: true, emailVerified: true, firstName: 'F', lastName: 'L' }
const noteMapper = {
  name: 'impersonator',
  protocol: 'openid-connect',
  protocolMapper: 'oidc-usersessionmodel-note-mapper',
  config: {
    'user.session.note': 'IMPERSONATOR_USERNAME',
    'claim.name': 'impersonator',
    'access.token.claim': 'true',
    'jsonType.label': 'String',
  },
}
const realm = ownRealm({
  eventsEnabled: true,
  clients: [
    { clientId: 'app', publicClient: true, directAccessGrantsEnabled: true },
    {
      clientId: 'web',
      publicClient: true,
      redirectUris: ['http://127.0.0.1:3999/cb'],
      protocolMappers: [noteMapper],
    },
  ],
  users: [
    {
      ...complete,
      username: 'anna',
      email: 'anna@mail.example',
      credentials: [{ type: 'password', value: password }],
    },
    { ...complete, username: 'gone', email: 'gone@mail.example', enabled: false },
    {
      ...complete,
      username: 'support',
      email: 'support@mail.example',
      credentials: [{ type: 'password', value: password }],
      clientRoles: { 'realm-management': ['impersonation', 'view-users'] },
    },
  ],
})

let anna = ''

beforeAll(async () => {
  const [user] = await realm.get<{ id: string }[]>('/users?username=anna&exact=true')
  anna = user?.id ?? ''
})

/** @returns the Cookie header that a browser would send after the answer */
function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

async function authorize(cookie: string): Promise<URL | null> {
  const url = new URL(`${realm.url}/realms/own/protocol/openid-connect/auth`)
  url.search = new URLSearchParams({
    client_id: 'web',
    redirect_uri: 'http://127.0.0.1:3999/cb',
    response_type: 'code',
    scope: 'openid',
    prompt: 'none',
  }).toString()
  const answer = await fetch(url, { redirect: 'manual', headers: { cookie } })
  const location = answer.headers.get('location')
  return location === null ? null : new URL(location)
}

async function tokenFor(code: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${realm.url}/realms/own/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'web',
      redirect_uri: 'http://127.0.0.1:3999/cb',
      code,
    }),
  })
  const { access_token: token = '' } = (await answer.json()) as { access_token?: string }
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
}

describe('impersonation', () => {
  it('signs the browser in as the user, with a session that says who acts, until it is ended', async () => {
    const answer = await realm.send(`/users/${anna}/impersonation`, { method: 'POST' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      sameRealm: false,
      redirect: `${realm.url}/realms/own/account`,
    })
    const cookie = cookieOf(answer.headers)
    const there = await authorize(cookie)
    const claims = await tokenFor(there?.searchParams.get('code') ?? '')
    expect(claims).toMatchObject({ sub: anna, impersonator: 'admin' })
    const [session] = await realm.get<{ id: string }[]>(`/users/${anna}/sessions`)
    expect(claims['sid']).toBe(session?.id)
    await realm.send(`/sessions/${session?.id}`, { method: 'DELETE' })
    expect((await authorize(cookie))?.searchParams.get('error')).toBe('login_required')
    const [event] = await realm.get<object[]>('/events?type=IMPERSONATE')
    expect(event).toMatchObject({
      userId: anna,
      sessionId: session?.id,
      details: { impersonator: 'admin', impersonator_realm: 'master' },
    })
  })

  it('in one’s own realm ends one’s own session', async () => {
    const support = await AdminSession.open(realm.url, 'own', { username: 'support', password })
    const path = `/admin/realms/own/users/${anna}/impersonation`
    const cookie = 'KEYCLOAK_REMEMBER_ME=username:support; AUTH_SESSION_ID=x'
    const answer = await support.send(path, { method: 'POST', headers: { cookie } })
    expect(answer.body).toMatchObject({ sameRealm: true })
    // What the browser remembers is the administrator's.
    const gone = answer.headers.getSetCookie().filter((line) => line.includes('Max-Age=0'))
    expect(gone.map((line) => line.split('=')[0])).toEqual([
      'KEYCLOAK_REMEMBER_ME',
      'AUTH_SESSION_ID',
    ])
    expect((await support.send('/admin/realms/own/users')).status).toBe(401)
    expect((await authorize(cookieOf(answer.headers)))?.searchParams.has('code')).toBe(true)
  })

  it('is refused without the role, and for who cannot sign in', async () => {
    const [gone] = await realm.get<{ id: string }[]>('/users?username=gone&exact=true')
    const disabled = await realm.send(`/users/${gone?.id}/impersonation`, { method: 'POST' })
    expect(disabled).toMatchObject({ status: 400, body: { errorMessage: 'User is disabled' } })
    const body = { clientId: 'robot', serviceAccountsEnabled: true, publicClient: false }
    const client = await realm.create('/clients', body)
    const robot = await realm.get<{ id: string }>(`/clients/${client}/service-account-user`)
    const account = await realm.send(`/users/${robot.id}/impersonation`, { method: 'POST' })
    expect(account.body).toEqual({ errorMessage: 'Service accounts cannot be impersonated' })
    const nobody = await AdminSession.open(realm.url, 'own', { username: 'anna', password })
    const path = `/admin/realms/own/users/${anna}/impersonation`
    expect((await nobody.send(path, { method: 'POST' })).status).toBe(403)
  })
})
