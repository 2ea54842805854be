import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

/**
 * How much the 99th percentile of a realm may rise by what another realm is set to, milliseconds; on a machine that is so
 * busy that it is larger than that by itself, as much again.
 */
const riseMaxMs = 20
/** Each part of a round: the normal realm beside one with usual settings, then beside the hostile one. */
const partMs = 1500
/** The machine has other things to do: the calmest of so many rounds counts. */
const roundsMax = 8
const busyClients = 6

const evilPattern = String.raw`(?<!z)(a+)+\1b`
const evilText = 'a'.repeat(64)
const person = (username: string) => ({
  username,
  enabled: true,
  email: `${username}@example.org`,
  firstName: 'A',
  lastName: 'B',
  credentials: [{ type: 'password', value: 'right' }],
})

let server: TestServer
let admin: AdminSession
const userIds: Record<string, string> = {}

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  await importRealm({
    realm: 'normal',
    users: [person('norma')],
    clients: [
      {
        clientId: 'job',
        secret: 's',
        serviceAccountsEnabled: true,
        publicClient: false,
        redirectUris: ['http://app.example.org/*'],
      },
    ],
  })
  await importRealm({ realm: 'usual', users: [person('hostia')] })
  await importRealm({
    realm: 'hostile',
    displayNameHtml: `<a${' '.repeat(4000)}<`,
    passwordPolicy: `hashIterations(100) and regexPattern(${evilPattern})`,
    bruteForceProtected: true,
    failureFactor: 1_000_000,
    quickLoginCheckMilliSeconds: 0,
    users: [person('hostia')],
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: {
            'kc.user.profile.config': [
              JSON.stringify({
                attributes: [
                  { name: 'username' },
                  { name: 'email' },
                  {
                    name: 'x',
                    permissions: { view: ['admin'], edit: ['admin'] },
                    validations: { pattern: { pattern: evilPattern } },
                  },
                ],
              }),
            ],
          },
        },
      ],
    },
  })
  for (const realm of ['usual', 'hostile']) {
    const { body } = await admin.send(`/admin/realms/${realm}/users?username=hostia&exact=true`)
    userIds[realm] = (body as { id: string }[])[0]?.id ?? ''
  }
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function importRealm(body: Record<string, unknown>): Promise<void> {
  const answer = await admin.send('/admin/realms', {
    method: 'POST',
    body: { enabled: true, ...body },
  })
  expect(answer.status).toBe(201)
}

function token(realm: string, form: Record<string, string>): Promise<Response> {
  return fetch(`${server.realmUrl(realm)}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
}

function loginPage(realm: string, clientId: string, redirectUri: string): Promise<Response> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
  })
  return fetch(`${server.realmUrl(realm)}/protocol/openid-connect/auth?${query}`)
}

const job = { client_id: 'job', client_secret: 's' }
/** What people and programs do in the normal realm, each with the status that it has to have. */
const normalRequests: readonly (readonly [number, () => Promise<Response>])[] = [
  [200, () => loginPage('normal', 'job', 'http://app.example.org/cb')],
  [200, () => token('normal', { grant_type: 'client_credentials', ...job })],
  [200, () => fetch(`${server.realmUrl('normal')}/.well-known/openid-configuration`)],
  [
    200,
    () =>
      token('normal', {
        grant_type: 'password',
        client_id: 'admin-cli',
        username: 'norma',
        password: 'right',
      }),
  ],
]

const guess = (realm: string, username: string) =>
  token(realm, { grant_type: 'password', client_id: 'admin-cli', username, password: 'wrong' })
/** What a realm with bad settings costs most with. */
const busyRequests: readonly ((realm: string, userId: string) => Promise<unknown>)[] = [
  (realm) =>
    loginPage(realm, 'account', `${server.realmUrl(realm)}/account/`).then((page) => page.text()),
  (realm) => guess(realm, 'hostia').then((answer) => answer.text()),
  (realm) => guess(realm, 'nobody').then((answer) => answer.text()),
  (realm, userId) =>
    admin.send(`/admin/realms/${realm}/users/${userId}/reset-password`, {
      method: 'PUT',
      body: { type: 'password', value: evilText },
    }),
  (realm) =>
    admin.send(`/admin/realms/${realm}/users`, {
      method: 'POST',
      body: { username: 'new', attributes: { x: [evilText] } },
    }),
]

/** @returns the 99th percentile of the normal realm while the other one is busy */
async function normalP99Beside(realm: string, userId: string): Promise<number> {
  const stop = new AbortController()
  const clients = Array.from({ length: busyClients }, async (_, first) => {
    for (let next = first; !stop.signal.aborted; next++) {
      await busyRequests[next % busyRequests.length]?.(realm, userId)
    }
  })
  const p99 = await normalP99()
  stop.abort()
  await Promise.all(clients)
  return p99
}

/** @returns the 99th percentile of the normal realm's requests, one after the other */
async function normalP99(): Promise<number> {
  const times: number[] = []
  const end = performance.now() + partMs
  for (let count = 0; performance.now() < end || count < normalRequests.length * 5; count++) {
    const [status, send] = normalRequests[count % normalRequests.length] ?? []
    const begin = performance.now()
    const answer = await send?.()
    await answer?.arrayBuffer()
    times.push(performance.now() - begin)
    expect(answer?.status).toBe(status)
  }
  return times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0
}

describe('a realm with every setting at its worst', { timeout: 120_000 }, () => {
  it('makes no request of another realm slower than it may', async () => {
    const usual: number[] = []
    const hostile: number[] = []
    const rise = () => Math.min(...hostile) - Math.min(...usual)
    const riseMax = () => Math.max(riseMaxMs, Math.min(...usual))
    await normalP99()
    for (let round = 0; round < roundsMax && (round < 2 || rise() > riseMax()); round++) {
      usual.push(await normalP99Beside('usual', userIds['usual'] ?? ''))
      hostile.push(await normalP99Beside('hostile', userIds['hostile'] ?? ''))
    }
    const seen = `beside usual ${usual.map(Math.round)}, beside hostile ${hostile.map(Math.round)}`
    expect(rise(), seen).toBeLessThanOrEqual(riseMax())
  })

  it('is told in the log what it asked for', () => {
    expect(server.server.log).toContain('Realm hostile: the pattern of passwordPolicy regexPattern')
    expect(server.server.log).toContain('Realm hostile: the pattern of user profile attribute x')
  })
})
