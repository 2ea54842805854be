import type { AdminRoute } from '@holdfast/server/protocols/admin/admin-routes'
import { adminRoutes } from '@holdfast/server/protocols/admin/register-admin'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { wildBodiesOf } from './wild-bodies.ts'

/** Always the same order unless a number is given: what a new one finds is for whoever looks, not for a change of others. */
const seed = Number(process.env['HOLDFAST_FUZZ_SEED'] ?? 20_261_130)
/** Requests of each kind; all of them are some ten thousand. */
const requestsMin = 1_000
const atOnce = 8
const runMs = Number(process.env['HOLDFAST_FUZZ_MS'] ?? 10_000)
const realm = 'wild'
/** A busy machine needs longer for as many requests. */
const busyMs = 240_000

/** What changes by itself, or by the administrator's own tokens. */
const restless = ['cluster_%', 'inv_%', 'job_lease', 'user_session', 'client_session']

/** Registering only writes the list: nothing of what the handlers would use is asked for. */
const nothing: unknown = new Proxy(() => nothing, { get: () => nothing })
const routes = adminRoutes(nothing as Parameters<typeof adminRoutes>[0])

/** Keycloak's own words where a mail cannot be sent. */
const mailTexts = /Failed to send|Unable to send|SMTP|email/i
/** Members by which the realm would be lost to the rest of the run. */
const keptOfRealm: ReadonlySet<string> = new Set(['realm', 'id', 'enabled', 'sslRequired'])

const wildTexts = [
  '%00',
  'a%00b',
  '%ED%A0%80',
  '%ff',
  '%2e%2e%2f',
  '__proto__',
  'constructor',
  '%0d%0aX:%20y',
  '-1',
  '99999999999999999999',
  'x'.repeat(3_000),
  "'%20OR%201=1--",
  '*',
  '%25',
]

interface Wild {
  readonly about: string
  readonly method: string
  readonly path: string
  readonly body?: string
}

describe(`writes of Admin REST (HOLDFAST_FUZZ_SEED=${seed})`, () => {
  let server: TestServer
  let admin: AdminSession
  let ids: Record<string, string>

  beforeAll(async () => {
    server = await startTestServer()
    admin = await AdminSession.open(server.url)
    expect((await admin.send('/admin/realms', { method: 'POST', body: wildRealm })).status).toBe(
      201,
    )
    ids = await idsOf()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  const get = async (path: string): Promise<unknown> =>
    (await admin.send(`/admin/realms/${realm}${path}`, { anyAnswer: true })).body

  async function idsOf(): Promise<Record<string, string>> {
    const first = async (path: string) => ((await get(path)) as { id: string }[])[0]?.id ?? 'none'
    const found: Record<string, string> = {
      userId: await first('/users?username=anna'),
      clientUuid: await first('/clients?clientId=app'),
      groupId: await first('/groups'),
      roleId: await first('/roles'),
      scopeId: await first('/client-scopes'),
      componentId: await first('/components'),
      flowId: await first('/authentication/flows'),
      organizationId: await first('/organizations'),
    }
    const client = (await get(`/clients/${found['clientUuid']}/protocol-mappers/models`)) as {
      id: string
    }[]
    found['mapperId'] = client[0]?.id ?? 'none'
    found['credentialId'] = await first(`/users/${found['userId']}/credentials`)
    found['executionId'] = await first('/authentication/flows/browser/executions')
    return {
      ...found,
      alias: 'idp',
      attribute: 'jwt.credential',
      clientId: found['clientUuid'] ?? '',
      containerUuid: found['clientUuid'] ?? '',
      flowAlias: 'browser',
      locale: 'de',
      provider: 'idp',
      roleName: 'porter',
      realm,
    }
  }

  const filled = (path: string, given: Readonly<Record<string, string>> = ids) =>
    path.replace(/:(\w+)/g, (_, name: string) => given[name] ?? 'none')

  async function bodies(): Promise<Wild[]> {
    const all: Wild[] = []
    for (const route of routes.ofRealms) {
      const { method, path, body } = route
      if (!body) continue
      const place = `/admin/realms/${realm}${filled(path)}`
      const present = method === 'PUT' && hasGet(route) ? await get(filled(path)) : null
      for (const { about, text } of wildBodiesOf(body, present)) {
        if (path === '' && (keptOfRealm.has(about) || about === 'body')) continue
        all.push({ about: `${method} ${path} ${about}`, method, path: place, body: text })
      }
    }
    for (const { method, path, body } of routes.ofServer) {
      if (!body || method === 'GET') continue
      for (const { about, text } of wildBodiesOf(body, null)) {
        all.push({
          about: `${method} ${path} ${about}`,
          method,
          path: `/admin${filled(path)}`,
          body: text,
        })
      }
    }
    return all
  }

  const hasGet = ({ path }: AdminRoute<unknown>) =>
    routes.ofRealms.some((other) => other.method === 'GET' && other.path === path)

  /** Every path parameter of every route in turn, and query parameters of the lists. */
  function addresses(): Wild[] {
    return routes.ofRealms.flatMap(({ method, path, query }) => {
      const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name)
      const below = `/admin/realms/${realm}`
      const request = (about: string, url: string): Wild => ({
        about: `${method} ${path} ${about}`,
        method,
        path: `${below}${url}`,
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }),
      })
      const inPath = names.flatMap((name) =>
        wildTexts.map((text) => request(name, filled(path, { ...ids, [name]: text }))),
      )
      if (method !== 'GET') return inPath
      const asked = [...new Set([...Object.keys(query ?? {}), 'first', 'max', 'search', 'q'])]
      const inQuery = asked.flatMap((name) =>
        wildTexts.map((text) => request(`?${name}`, `${filled(path)}?${name}=${text}`)),
      )
      return [...inPath, ...inQuery]
    })
  }

  /** @returns requests that were answered by an internal error, in one line each */
  async function play(all: readonly Wild[]): Promise<{ sent: number; bad: string[] }> {
    const waiting = all[Symbol.iterator]()
    const end = performance.now() + runMs
    const bad: string[] = []
    let sent = 0
    const work = async () => {
      for (const wild of waiting) {
        if (performance.now() > end && sent > requestsMin) return
        sent += 1
        const { about, method, path, body } = wild
        const request = {
          method,
          anyAnswer: true as const,
          ...(body === undefined ? {} : { rawBody: body }),
        }
        const answer = await admin.send(path, request).catch((error: Error) => error)
        if (answer instanceof Error) {
          bad.push(`${about}: ${path.slice(0, 200)} ${body?.slice(-300)} ${answer.message}`)
          continue
        }
        const text = JSON.stringify(answer.body)
        const isMail = answer.status === 500 && mailTexts.test(text)
        if (answer.status >= 500 && answer.status !== 501 && !isMail) {
          bad.push(`${answer.status} ${about}: ${path.slice(0, 200)} ${body?.slice(-300)} ${text}`)
        }
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    return { sent, bad }
  }

  it(
    'never end in an internal error, whatever is sent',
    async () => {
      const all = shuffled(await bodies(), seed)
      expect(all.length).toBeGreaterThan(10_000)
      const { sent, bad } = await play(all)
      expect(bad, `of ${sent}`).toEqual([])
      expect(sent).toBeGreaterThan(requestsMin)
      expect((await admin.send('/admin/realms/master')).status).toBe(200)
      expect(server.server.log).not.toMatch(/\n\s+at .+\.js:\d+:\d+/)
    },
    runMs + busyMs,
  )

  it(
    'leave nothing behind when they are refused',
    async () => {
      const content = await versionsQuery(server)
      let before = await versions(server, content)
      const left: string[] = []
      let refused = 0
      for (const { about, method, path, body } of shuffled(await bodies(), seed + 1)) {
        if (refused === requestsMin) break
        const rawBody = body ?? ''
        const { status } = await admin.send(path, { method, anyAnswer: true, rawBody })
        const after = await versions(server, content)
        if (status >= 400) {
          refused += 1
          const changed = [...after].filter(([table, text]) => before.get(table) !== text)
          for (const [table] of changed)
            left.push(`${status} ${about}: ${table} ${body?.slice(-200)}`)
        }
        before = after
      }
      expect(refused).toBe(requestsMin)
      expect(left).toEqual([])
    },
    busyMs,
  )

  it(
    'never end in one by what stands in their addresses',
    async () => {
      const safe = addresses().filter(({ path }) => path !== `/admin/realms/${realm}`)
      const { sent, bad } = await play(shuffled(safe, seed))
      expect(bad, `of ${sent}`).toEqual([])
      expect(sent).toBeGreaterThan(requestsMin)
    },
    runMs + busyMs,
  )
})

/** @returns one statement for every table: each write of a row gives it a number that is higher than all before */
async function versionsQuery({ database }: TestServer): Promise<string> {
  const tables = await database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND NOT tablename LIKE ANY ($1)`,
    [restless],
  )
  return tables
    .map(
      ({ name }) =>
        `SELECT '${name}' AS name, count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) AS text FROM "${name}"`,
    )
    .join(' UNION ALL ')
}

async function versions({ database }: TestServer, query: string): Promise<Map<string, string>> {
  const rows = await database.query<{ name: string; text: string }>(query)
  return new Map(rows.map(({ name, text }) => [name, text]))
}

const wildRealm = {
  realm,
  enabled: true,
  organizationsEnabled: true,
  clients: [
    {
      clientId: 'app',
      secret: 's',
      serviceAccountsEnabled: true,
      authorizationServicesEnabled: true,
      protocolMappers: [
        {
          name: 'm',
          protocol: 'openid-connect',
          protocolMapper: 'oidc-hardcoded-claim-mapper',
          config: { 'claim.name': 'a', 'claim.value': 'b' },
        },
      ],
    },
  ],
  roles: { realm: [{ name: 'porter' }] },
  groups: [{ name: 'staff' }],
  organizations: [{ name: 'acme', alias: 'acme', domains: [{ name: 'acme.test' }] }],
  identityProviders: [{ alias: 'idp', providerId: 'oidc', config: { clientId: 'a' } }],
  users: [
    {
      username: 'anna',
      enabled: true,
      credentials: [{ type: 'password', value: 'pw' }],
    },
  ],
}

/** The same order for the same seed. */
function shuffled<T>(items: readonly T[], start: number): T[] {
  let state = start >>> 0 || 1
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const list = [...items]
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(next() * (at + 1))
    const [a, b] = [list[at] as T, list[other] as T]
    list[at] = b
    list[other] = a
  }
  return list
}
