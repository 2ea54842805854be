import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser, type Page } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'

const redirectUri = 'http://app.example.org/cb'
const codes = ['AAAAAAAAAAA1', 'AAAAAAAAAAA2', 'AAAAAAAAAAA3']
const listOf = (list: readonly string[]) => ({
  type: 'recovery-authn-codes',
  secretData: JSON.stringify({
    codes: list.map((code, index) => ({
      number: index + 1,
      encodedHashedValue: createHash('sha512').update(code).digest('base64'),
    })),
  }),
  credentialData: JSON.stringify({
    hashIterations: 1,
    algorithm: 'RS512',
    totalCodes: 12,
    remainingCodes: list.length,
  }),
})
const person = (username: string, list: readonly string[]) => ({
  username,
  enabled: true,
  email: `${username}@example.org`,
  firstName: 'A',
  lastName: 'B',
  credentials: [{ type: 'password', value: 'pw' }, listOf(list)],
})

let database: TestDatabase
let nodes: [ServerProcess, ServerProcess]
let admin: AdminSession

beforeAll(async () => {
  database = await createTestDatabase()
  const options = { databaseUrl: database.url }
  nodes = [await startServer(options), await startServer(options)]
  admin = await AdminSession.open(nodes[0].url)
  await importRealm('guessed', {
    bruteForceProtected: true,
    failureFactor: 3,
    quickLoginCheckMilliSeconds: 0,
    eventsEnabled: true,
    users: [person('one', codes), person('both', codes)],
  })
  await importRealm('listed', { users: [person('last', ['AAAAAAAAAAA1'])] })
})
afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await database[Symbol.asyncDispose]()
})

/** A realm whose second factor is a recovery code. */
async function importRealm(realm: string, more: object): Promise<void> {
  const clients = [{ clientId: 'app', publicClient: true, redirectUris: [redirectUri] }]
  const body = { realm, enabled: true, clients, ...more }
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
  const path = `/admin/realms/${realm}/authentication/flows/browser/executions`
  const executions = (await admin.send(path)).body as { providerId?: string }[]
  const form = executions.find(({ providerId }) => providerId === 'auth-recovery-authn-code-form')
  const change = { method: 'PUT', body: { ...form, requirement: 'ALTERNATIVE' } }
  expect((await admin.send(path, change)).status).toBeLessThan(300)
}

async function askedForCode(browser: Browser, realm: string, username: string): Promise<Page> {
  const request = { realmUrl: nodes[0].realmUrl(realm), clientId: 'app', redirectUri }
  const first = await browser.get(authorizationUrl(request).href)
  return await browser.submit(first, { username, password: 'pw' })
}

describe('of 250 guesses at once at a recovery code', () => {
  it.each([
    ['one node', 'one', 1],
    ['two nodes', 'both', 2],
  ])('on %s none is granted beyond the limit', async (_, username, count) => {
    const browser = new Browser()
    const page = await askedForCode(browser, 'guessed', username)
    const action = new URL(page.form().action, page.url)
    const cookie = browser.cookies.header(action) ?? ''
    const guesses = Array.from({ length: 250 }, async (_unused, index) => {
      const node = nodes[index % count] ?? nodes[0]
      const url = `${node.url}${action.pathname}${action.search}`
      const code = [60, 61, 120, 240].includes(index) ? codes[0] : `BBBBBBBBB${100 + index}`
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie },
        body: new URLSearchParams({ recoveryCodeInput: code ?? '' }),
      })
      await answer.arrayBuffer()
      return answer.headers.get('location') ?? ''
    })
    const answers = await Promise.all(guesses)
    expect(answers.filter((location) => location.includes('code='))).toEqual([])
    const users = `/admin/realms/guessed/users?username=${username}&exact=true`
    const [user] = (await admin.send(users)).body as { id: string }[]
    const path = `/admin/realms/guessed/attack-detection/brute-force/users/${user?.id}`
    const failures = async () =>
      ((await admin.send(path)).body as { numFailures: number }).numFailures
    // The page counts for one guess: of those at once, as many fail as were looked at before the first had its answer.
    for (let counted = await failures(); counted < 3; counted = await failures()) {
      const visitor = new Browser()
      const another = await askedForCode(visitor, 'guessed', username)
      const next = await visitor.submit(another, { recoveryCodeInput: 'BBBBBBBBB000' })
      expect(next.location).toBeNull()
      expect(await failures()).toBe(counted + 1)
    }
    expect((await admin.send(path)).body).toMatchObject({ disabled: true, numFailures: 3 })
    const told = '/admin/realms/guessed/events?type=USER_DISABLED_BY_TEMPORARY_LOCKOUT'
    const events = (await admin.send(`${told}&user=${user?.id}`)).body
    expect(events).toMatchObject([
      {
        userId: user?.id,
        ipAddress: expect.any(String),
        details: {
          reason: 'brute_force_attack detected',
          num_failures: '3',
          not_before: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
        },
      },
    ])
  })
})

describe('recovery codes', () => {
  it('are to be made anew when there are few left, and in the same login when none is', async () => {
    const browser = new Browser()
    const asked = await askedForCode(browser, 'listed', 'last')
    expect(asked.text).toContain('#1')
    const list = await browser.submit(asked, { recoveryCodeInput: codes[0] ?? '' })
    expect(list.id).toBe('login-login-recovery-authn-code-config')
  })
})
