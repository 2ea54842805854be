import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const realm = '/admin/realms/settings'
type Json = Record<string, unknown>

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  await admin.send('/admin/realms', { method: 'POST', body: { realm: 'settings', enabled: true } })
})
beforeEach(async () => {
  admin = await AdminSession.open(server.url)
})
afterAll(async () => await server[Symbol.asyncDispose]())

const put = (body: Json, path = realm) => admin.send(path, { method: 'PUT', body })
const shown = async () => (await admin.send(realm)).body as Json

const refused: readonly (readonly [Json, string])[] = [
  [{ waitIncrementSeconds: -1 }, 'Wait increment seconds may not be a negative value'],
  [{ failureFactor: -1 }, 'Failure factor may not be a negative value'],
  [
    { clientSessionIdleTimeout: 99_999 },
    'Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.',
  ],
  [
    { clientSessionMaxLifespan: 999_999 },
    'Client session max lifespan cannot exceed realm SSO session max lifespan.',
  ],
  [{ browserSecurityHeaders: { xFrameOptions: 'a\r\nb' } }, 'Newline not allowed.'],
  [{ attributes: { parRequestUriLifespan: 'abc' } }, 'Failed to update realm'],
  [{ browserFlow: 'nope' }, 'Failed to update realm'],
  [{ sslRequired: 'sometimes' }, 'Failed to update realm'],
  [{ realm: 'a/b' }, "Character '/' not allowed."],
  [{ realm: ' ' }, 'Realm name cannot be empty'],
  [{ passwordPolicy: 'length(x)' }, 'Invalid config for length: Not a valid number'],
]

describe('settings of a realm', () => {
  it.each(refused)('%j is refused, and changes nothing', async (body, errorMessage) => {
    const before = await shown()
    const answer = await put({ displayName: 'half done', ...body })
    expect([answer.status, answer.body]).toEqual([400, { errorMessage }])
    expect(await shown()).toEqual(before)
  })

  it.each([
    { displayName: 'x'.repeat(256) },
    { displayNameHtml: 'x'.repeat(70_000) },
    { otpPolicyLookAheadWindow: 1_000_000 },
    { otpPolicyDigits: 99 },
    { attributes: { ['n'.repeat(300)]: 'v' } },
    { attributes: Object.fromEntries(Array.from({ length: 1_100 }, (_, n) => [`n${n}`, 'v'])) },
    { eventsListeners: Array.from({ length: 2_000 }, () => 'x') },
  ])('without bounds are refused, by a request as in an import', async (body) => {
    expect((await put(body)).status).toBe(400)
    const imported = { method: 'POST', body: { realm: 'unbounded', ...body } }
    expect((await admin.send('/admin/realms', imported)).status).toBe(400)
    expect((await admin.send('/admin/realms/unbounded')).status).toBe(404)
  })

  it('keep the attributes that every realm has, and take empty texts as Keycloak does', async () => {
    expect((await put({ attributes: { own: 'x', cibaExpiresIn: '' } })).status).toBe(204)
    expect((await shown())['attributes']).toEqual({
      own: 'x',
      cibaBackchannelTokenDeliveryMode: 'poll',
      cibaExpiresIn: '120',
      cibaInterval: '5',
      cibaAuthRequestedUserHint: 'login_hint',
      oauth2DeviceCodeLifespan: '600',
      oauth2DevicePollingInterval: '5',
      parRequestUriLifespan: '60',
    })
    await put({ passwordPolicy: 'length(3)', supportedLocales: ['de'] })
    await put({
      passwordPolicy: '',
      supportedLocales: [],
      webAuthnPolicyAttestationConveyancePreference: '',
      oauth2DeviceCodeLifespan: 77,
    })
    const now = await shown()
    expect(now).not.toHaveProperty('passwordPolicy')
    expect(now).not.toHaveProperty('supportedLocales')
    expect(now['webAuthnPolicyAttestationConveyancePreference']).toBe('not specified')
    expect((now['attributes'] as Json)['oauth2DeviceCodeLifespan']).toBe('77')
    await put({ duplicateEmailsAllowed: true })
    expect(await shown()).toMatchObject({ loginWithEmailAllowed: false })
  })

  it('hide both secrets of the mail server, and keep them behind their masks', async () => {
    const smtpServer = {
      host: 'mail',
      from: 'a@b.org',
      password: 'first secret',
      authTokenClientSecret: 'second secret',
    }
    await put({ smtpServer })
    const masked = { ...smtpServer, password: '**********', authTokenClientSecret: '**********' }
    expect((await shown())['smtpServer']).toEqual(masked)
    await put({ smtpServer: { ...masked, host: 'other' } })
    const rows = await server.database.query<{ smtp: Json }>(
      "SELECT settings->'smtpServer' AS smtp FROM realm WHERE name = 'settings'",
    )
    expect(rows[0]?.smtp).toEqual({ ...smtpServer, host: 'other' })
  })

  it('and the user profile change together from the console, or not at all', async () => {
    const profile = (await admin.send(`${realm}/users/profile`)).body
    const refusal = await put({ displayName: 'x', upConfig: { attributes: [] } }, `${realm}/ui-ext`)
    expect(refusal.status).toBe(400)
    expect((await shown())['displayName']).not.toBe('x')
    const saved = await put({ displayName: 'Both', upConfig: profile }, `${realm}/ui-ext`)
    expect(saved.status).toBe(204)
    expect((await shown())['displayName']).toBe('Both')
  })

  it('of many realms are read at once, and a realm that went leaves nothing behind', async () => {
    const names = Array.from({ length: 5 }, (_, n) => `many-${n}`)
    for (const name of names) {
      const body = { realm: name, id: name, clients: [{ clientId: 'c', id: `${name}-c` }] }
      expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
    }
    const all = (await admin.send('/admin/realms')).body as { realm: string }[]
    expect(all.map((one) => one.realm)).toEqual(expect.arrayContaining(names))
    const listed = await admin.send(`${realm}/ui-ext/realms/names?search=many-&max=3`)
    expect(listed.body).toEqual([{ name: 'many-0' }, { name: 'many-1' }, { name: 'many-2' }])
    const client = '/admin/realms/many-0/clients/many-0-c'
    expect((await admin.send(client)).status).toBe(200)
    await admin.send('/admin/realms/many-0', { method: 'DELETE' })
    expect((await admin.send(client)).status).toBe(404)
    const again = { realm: 'many-0', id: 'many-0', clients: [{ clientId: 'd', id: 'many-0-c' }] }
    await admin.send('/admin/realms', { method: 'POST', body: again })
    expect((await admin.send(client)).body).toMatchObject({ clientId: 'd' })
  })
})

it('what a realm can be told, and what its users can register, is answered as by Keycloak', async () => {
  const pushed = await admin.send(`${realm}/push-revocation`, { method: 'POST' })
  expect([pushed.status, pushed.body]).toEqual([200, {}])
  expect((await admin.send(`${realm}/credential-registrators`)).body).toEqual([
    'CONFIGURE_TOTP',
    'webauthn-register',
    'webauthn-register-passwordless',
    'CONFIGURE_RECOVERY_AUTHN_CODES',
  ])
})

describe('texts of a realm', () => {
  const texts = `${realm}/localization`

  it('are written, listed and taken away by language and key', async () => {
    expect((await admin.send(texts)).body).toEqual([])
    const one = { method: 'PUT', rawBody: 'Hello', contentType: 'text/plain' }
    expect((await admin.send(`${texts}/en/hello`, one)).status).toBe(204)
    expect((await admin.send(`${texts}/en/hello`)).body).toBe('Hello')
    const more = { method: 'POST', body: { a: 'b', n: 1 } }
    expect((await admin.send(`${texts}/de`, more)).status).toBe(204)
    expect((await admin.send(`${texts}/de`)).body).toEqual({ a: 'b', n: '1' })
    expect((await admin.send(texts)).body).toEqual(['de', 'en'])
    expect((await admin.send(`${texts}/de/zz`)).body).toEqual({
      error: 'Localization text not found',
    })
    expect((await admin.send(`${texts}/de`, { method: 'DELETE' })).status).toBe(204)
    expect((await admin.send(`${texts}/de`, { method: 'DELETE' })).body).toEqual({
      error: 'No localization texts for locale de found.',
    })
    expect((await admin.send(`${texts}/en/hello`, { method: 'DELETE' })).status).toBe(204)
    const json = { method: 'PUT', rawBody: '{}', contentType: 'application/json' }
    expect((await admin.send(`${texts}/en/hello`, json)).status).toBe(415)
    const long = { ...one, rawBody: 'x'.repeat(70_000) }
    expect((await admin.send(`${texts}/en/hello`, long)).status).toBe(400)
  })
})
