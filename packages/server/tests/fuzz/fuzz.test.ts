import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { demoRedirectUri } from '../harness/demo-realm.ts'
import { authorizationUrl } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { describe as inOneLine, sendWild } from './raw-connection.ts'
import { type WildRequest, wildRequest } from './requests.ts'

/** Requests of one run; sent in batches so that they also meet each other. */
const requests = 10_000
const batch = 20
const seed = Number(process.env['HOLDFAST_FUZZ_SEED'] ?? Date.now() % 2 ** 31)
const timeoutMs = 240_000

/** Tables that a request without a right password may add rows to: failures are counted and events recorded. */
const countersAndEvents = new Set(['login_failure', 'login_event', 'admin_event'])

describe(`random requests (HOLDFAST_FUZZ_SEED=${seed})`, () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  it(
    'never meet a 500, leave nothing half-written and hurt nobody',
    async () => {
      await showFirstPage(server)
      const before = await rowCounts(server)
      const port = Number(new URL(server.url).port)
      await fc.assert(
        fc.asyncProperty(
          fc.array(wildRequest, { minLength: batch, maxLength: batch }),
          async (wild) => {
            expect(await refusedBadly(port, wild)).toEqual([])
          },
        ),
        { numRuns: requests / batch, seed, endOnFailure: true },
      )
      expect(await changedTables(server, before)).toEqual([])
      expect(server.server.running).toBe(true)
      const health = await fetch(`${server.server.managementUrl}/health/ready`)
      expect(health.status).toBe(200)
      expect(server.server.log).not.toMatch(/\n\s+at .+\.js:\d+:\d+/)
    },
    timeoutMs,
  )
})

/** The first page of a cluster makes the key that login states are sealed with. */
async function showFirstPage(server: TestServer): Promise<void> {
  const url = authorizationUrl({
    realmUrl: server.realmUrl('demo'),
    clientId: 'app',
    redirectUri: demoRedirectUri,
  })
  expect((await fetch(url)).status).toBe(200)
}

/** Requests that were answered with a server error, in one line each. */
async function refusedBadly(port: number, wild: readonly WildRequest[]): Promise<string[]> {
  const answers = await Promise.all(wild.map((request) => sendWild(port, request)))
  return answers.flatMap(({ status, text }, index) => {
    const request = wild[index]
    if (request === undefined || request.cutAfter !== null) return []
    const isBad = (status ?? 0) >= 500 && status !== 501
    return isBad ? [`${status} to ${inOneLine(request)}\n${text.slice(-300)}`] : []
  })
}

async function rowCounts(server: TestServer): Promise<Map<string, number>> {
  const tables = await server.database.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  )
  const counts = new Map<string, number>()
  for (const { name } of tables) {
    const [row] = await server.database.query<{ count: string }>(
      `SELECT count(*) AS count FROM "${name}"`,
    )
    counts.set(name, Number(row?.count))
  }
  return counts
}

/** Tables with another number of rows than before, events and counters aside. */
async function changedTables(
  server: TestServer,
  before: ReadonlyMap<string, number>,
): Promise<string[]> {
  const now = await rowCounts(server)
  return [...now]
    .filter(([name, count]) => !countersAndEvents.has(name) && before.get(name) !== count)
    .map(([name, count]) => `${name}: ${before.get(name)} -> ${count}`)
}
