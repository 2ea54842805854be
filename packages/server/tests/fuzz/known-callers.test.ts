import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import {
  accountRequests,
  clientRequests,
  callersRealm as name,
  protectionRequests,
  redirectUri,
  registrationRequests,
} from './known-callers.ts'
import type { Wild } from './wild-values.ts'

/** Always the same order unless a number is given. */
const seed = Number(process.env['HOLDFAST_FUZZ_SEED'] ?? 20_261_130)
/** For each kind of caller; a long run by hand says how long. */
const runMs = Number(process.env['HOLDFAST_FUZZ_MS'] ?? 3_000)
const requestsMin = 50
const atOnce = 8

describe(`requests of callers who are known (HOLDFAST_FUZZ_SEED=${seed})`, () => {
  let server: TestServer
  let admin: AdminSession
  let userToken: string
  let apiToken: string
  let initialToken: string

  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    const made = await admin.send('/admin/realms', { method: 'POST', body: wildRealm })
    expect(made.status).toBe(201)
    const anna = { grant_type: 'password', username: 'anna', password: 'pw', scope: 'openid' }
    userToken = await tokenOf({ ...anna, client_id: 'app', client_secret: 's' })
    const api = { grant_type: 'client_credentials', client_id: 'api', client_secret: 's' }
    apiToken = await tokenOf(api)
    const initial = await admin.send(`/admin/realms/${name}/clients-initial-access`, {
      ...{ method: 'POST', body: { count: 1_000_000, expiration: 3_600 } },
    })
    initialToken = (initial.body as { token: string }).token
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  async function tokenOf(form: Record<string, string>): Promise<string> {
    const url = `${server.realmUrl(name)}/protocol/openid-connect/token`
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
    expect(answer.status).toBe(200)
    return ((await answer.json()) as { access_token: string }).access_token
  }

  /** Rows by table, of tables that no refused request may write. */
  async function rows(tables: readonly string[]): Promise<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const table of tables) {
      const [row] = await server.database.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)
      counts[table] = Number(row?.n)
    }
    return counts
  }

  /** @returns statuses by method and first segment, and what was answered by an internal error */
  async function play(wild: fc.Arbitrary<Wild>): Promise<{ statuses: string[]; bad: string[] }> {
    const end = performance.now() + runMs
    const statuses: string[] = []
    const bad: string[] = []
    const work = async (number: number) => {
      for (let round = 0; performance.now() < end || statuses.length < requestsMin; round++) {
        const [request] = fc.sample(wild, { seed: seed + number * 1_000_003 + round, numRuns: 1 })
        if (request === undefined) return
        const { path, ...init } = request
        const answer = await fetch(`${server.url}${path}`, { ...init, redirect: 'manual' })
        const text = await answer.text()
        statuses.push(`${request.method} ${answer.status}`)
        const isBad = answer.status >= 500 && answer.status !== 501
        const tells = /\n\s+at .+\.js:\d+/.test(text)
        if (isBad || tells) {
          bad.push(
            `${answer.status} to ${request.method} ${path} ${request.body ?? ''}: ${text}`.slice(
              0,
              900,
            ),
          )
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, (_unused, number) => work(number)))
    expect(server.server.running).toBe(true)
    expect(server.server.log).not.toMatch(/\n\s+at .+\.js:\d+:\d+/)
    return { statuses, bad: [...new Set(bad)].slice(0, 10) }
  }

  const count = (statuses: readonly string[], wanted: string) =>
    statuses.filter((status) => status === wanted).length
  const configuration = [
    'realm',
    'client',
    'users',
    'role',
    'user_group',
    'component',
    'credential',
  ]

  async function changesNothing(wild: fc.Arbitrary<Wild>): Promise<void> {
    const before = await rows(configuration)
    const { statuses, bad } = await play(wild)
    expect(bad, `of ${statuses.length}`).toEqual([])
    expect(await rows(configuration)).toEqual(before)
  }

  it(
    'of clients at the endpoints of OAuth are never answered by an internal error, and change no settings',
    async () => {
      await changesNothing(clientRequests(userToken))
    },
    runMs + 60_000,
  )

  it(
    'of users at their account are never answered by an internal error, and make nothing',
    async () => {
      await changesNothing(accountRequests(userToken))
    },
    runMs + 60_000,
  )

  it(
    'of those who may register clients make a client where the answer says so, and nothing else',
    async () => {
      const wild = registrationRequests(initialToken)
      const before = await rows(configuration)
      const { statuses, bad } = await play(wild)
      expect(bad, `of ${statuses.length}`).toEqual([])
      const made = count(statuses, 'POST 201')
      const after = await rows(configuration)
      expect(after['client']).toBe((before['client'] ?? 0) + made)
      // A client with a service account brings its user along, and nothing else does.
      expect({ ...after, client: 0, users: 0 }).toEqual({ ...before, client: 0, users: 0 })
    },
    runMs + 60_000,
  )

  it(
    'of resource servers at the protection API make a resource where the answer says so, and nothing else',
    async () => {
      const wild = protectionRequests(apiToken)
      const before = await rows(configuration)
      const { statuses, bad } = await play(wild)
      expect(bad, `of ${statuses.length}`).toEqual([])
      expect(await rows(configuration)).toEqual(before)
    },
    runMs + 60_000,
  )
})

const client = (clientId: string, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{
    clientId,
    secret: 's',
    publicClient: false,
    redirectUris: [redirectUri],
    directAccessGrantsEnabled: true,
  },
  ...{ serviceAccountsEnabled: true, implicitFlowEnabled: true, ...more },
})
const wildRealm = {
  realm: name,
  enabled: true,
  registrationAllowed: true,
  clients: [
    client('app', {
      attributes: {
        'oauth2.device.authorization.grant.enabled': 'true',
        'oidc.ciba.grant.enabled': 'true',
        'standard.token.exchange.enabled': 'true',
      },
    }),
    client('api', { authorizationServicesEnabled: true }),
  ],
  users: [
    {
      ...{ username: 'anna', enabled: true, email: 'anna@example.org', emailVerified: true },
      ...{ firstName: 'An', lastName: 'Na', credentials: [{ type: 'password', value: 'pw' }] },
      clientRoles: {
        account: ['manage-account', 'view-groups', 'view-applications', 'manage-consent'],
      },
    },
  ],
}
