import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import { sessionsAreRows } from '../harness/remote-sessions.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'
import type { TestDatabase } from '../harness/test-database.ts'
import { createTestDatabase } from '../harness/test-server.ts'

const otpSecret = 'abcdefghij0123456789'
const failureFactor = 3

const named = (username: string) => ({
  username,
  enabled: true,
  email: `${username}@example.org`,
  firstName: 'A',
  lastName: 'B',
})
const password = { type: 'password', value: 'right' }

const otp = {
  type: 'otp',
  secretData: JSON.stringify({ value: otpSecret }),
  credentialData: JSON.stringify({
    ...{ subType: 'totp', digits: 6, counter: 0, period: 30, algorithm: 'HmacSHA1' },
  }),
}

let database: TestDatabase
let nodes: [ServerProcess, ServerProcess]
let admin: AdminSession

beforeAll(async () => {
  database = await createTestDatabase()
  const options = { databaseUrl: database.url }
  nodes = [await startServer(options), await startServer(options)]
  admin = await AdminSession.open(nodes[0].url)
  await importRealm({
    realm: 'guessed',
    // Quick, so that counting, not hashing, decides who comes first.
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    failureFactor,
    quickLoginCheckMilliSeconds: 0,
    users: [
      ...['one', 'both', 'alone'].map((name) => ({ ...named(name), credentials: [password] })),
      ...['coded', 'forms'].map((name) => ({ ...named(name), credentials: [password, otp] })),
      { ...named('busy'), credentials: [password], requiredActions: ['UPDATE_PASSWORD'] },
    ],
  })
})

afterAll(async () => {
  await Promise.all(nodes.map((node) => node.stop()))
  await database[Symbol.asyncDispose]()
})

async function importRealm(body: { realm: string } & Record<string, unknown>): Promise<void> {
  const answer = await admin.send('/admin/realms', {
    method: 'POST',
    body: { enabled: true, bruteForceProtected: true, ...body },
  })
  expect(answer.status).toBe(201)
}

async function grant(
  node: ServerProcess,
  realm: string,
  form: Readonly<Record<string, string>>,
): Promise<{ status: number; description: string }> {
  const answer = await fetch(`${node.realmUrl(realm)}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...form }),
  })
  const body = (await answer.json()) as { error_description?: string }
  return { status: answer.status, description: body.error_description ?? '' }
}

/** @returns answers to right guesses that no wrong one got; a server that is too busy says so to both */
function toldApart(answers: readonly unknown[], right: readonly number[]): string[] {
  const texts = answers.map((answer) => JSON.stringify(answer))
  const wrong = new Set(texts.filter((_text, index) => !right.includes(index)))
  return right.flatMap((index) => {
    const text = texts[index] ?? ''
    return wrong.has(text) ? [] : [text]
  })
}

describe('of many guesses at once', () => {
  it.each([
    ['one node', 'one', 1],
    ['two nodes', 'both', 2],
  ])(
    'at a password, on %s, the right one is refused beyond the limit',
    async (_, username, count) => {
      const guesses = Array.from({ length: 250 }, (_unused, index) =>
        grant(nodes[index % count] ?? nodes[0], 'guessed', {
          username,
          password: [60, 120, 240].includes(index) ? 'right' : `wrong-${index}`,
        }),
      )
      const answers = await Promise.all(guesses)
      expect(answers.filter(({ status }) => status === 200)).toEqual([])
      expect(toldApart(answers, [60, 120, 240])).toEqual([])
      const { description } = await grant(nodes[0], 'guessed', { username, password: 'right' })
      expect(description).toBe('Invalid user credentials')
    },
  )

  it('at a one-time code, on two nodes, the right one is refused beyond the limit', async () => {
    const right = new TOTP({ secret: Secret.fromUTF8(otpSecret) }).generate()
    const guesses = Array.from({ length: 100 }, (_unused, index) =>
      grant(nodes[index % 2] ?? nodes[0], 'guessed', {
        username: 'coded',
        password: 'right',
        totp: [30, 31, 70, 71].includes(index) ? right : String(100_000 + index),
      }),
    )
    const answers = await Promise.all(guesses)
    expect(answers.filter(({ status }) => status === 200)).toEqual([])
    expect(toldApart(answers, [30, 31, 70, 71])).toEqual([])
  })

  it.each([
    ['a password that a code is asked after', 'forms', 'login-otp'],
    ['a password that an action is due after', 'busy', 'required-action'],
  ])(
    'at %s, in browsers of two nodes, the right one is told from no other beyond the limit',
    async (_, username, next) => {
      const guess = async (index: number, value: string): Promise<string> => {
        const browser = new Browser()
        const node = nodes[index % 2] ?? nodes[0]
        const realmUrl = node.realmUrl('guessed')
        const redirectUri = `${realmUrl}/account/`
        const page = await browser.get(
          authorizationUrl({ realmUrl, clientId: 'account', redirectUri }),
        )
        const answer = await browser.submit(page, { username, password: value })
        return `${answer.status} ${answer.id} ${answer.url.pathname} ${answer.text}`
      }
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_unused, index) =>
          guess(index, [20, 21, 38, 39].includes(index) ? 'right' : `wrong-${index}`),
        ),
      )
      expect(toldApart(answers, [20, 21, 38, 39])).toEqual([])
      await admin.send('/admin/realms/guessed/attack-detection/brute-force/users', {
        method: 'DELETE',
      })
      expect(await guess(0, 'right')).toContain(next)
    },
  )

  it('the one and only right one is granted, and so are many right ones at once', async () => {
    const right = { username: 'alone', password: 'right' }
    expect((await grant(nodes[0], 'guessed', right)).status).toBe(200)
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_unused, index) =>
        grant(nodes[index % 2] ?? nodes[0], 'guessed', right),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  })
})

describe('a lockout for good', () => {
  it('comes also of slow guesses, and sounds like a wrong password', async () => {
    await importRealm({
      realm: 'for-good',
      permanentLockout: true,
      maxTemporaryLockouts: 0,
      failureFactor: 2,
      maxDeltaTimeSeconds: 1,
      quickLoginCheckMilliSeconds: 0,
      minimumQuickLoginWaitSeconds: 0,
      users: [{ ...named('anna'), credentials: [password] }],
    })
    const guess = (value: string) =>
      grant(nodes[0], 'for-good', { username: 'anna', password: value })
    await guess('no')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await guess('no')
    expect(await guess('right')).toEqual({ status: 400, description: 'Invalid user credentials' })
    const path = '/admin/realms/for-good/users?username=anna'
    const [anna] = (await admin.send(path)).body as { id: string; enabled: boolean }[]
    expect(anna?.enabled).toBe(false)
    const enable = { method: 'PUT', body: { enabled: true } }
    await admin.send(`/admin/realms/for-good/users/${anna?.id}`, enable)
    expect((await guess('right')).status).toBe(200)
  })
})

describe('the time of an answer', () => {
  // It forgets guesses of rows.
  it.runIf(sessionsAreRows)(
    'is the same for a wrong password, for nobody and for a user who is locked',
    async () => {
      await importRealm({
        realm: 'timed',
        failureFactor: 2,
        quickLoginCheckMilliSeconds: 0,
        users: ['locked', 'free'].map((name) => ({ ...named(name), credentials: [password] })),
      })
      const timed = async (username: string): Promise<number> => {
        const begin = performance.now()
        await grant(nodes[0], 'timed', { username, password: 'wrong' })
        return performance.now() - begin
      }
      for (let count = 0; count < 3; count++) await timed('locked')
      const times: Record<string, number[]> = { locked: [], nobody: [], free: [] }
      for (let round = 0; round < 15; round++) {
        // Wrong, but never often enough to be locked.
        await database.query('DELETE FROM login_failure WHERE not_before = 0')
        for (const [username, list] of Object.entries(times)) list.push(await timed(username))
      }
      // What else the machine does makes some of them longer, and none shorter.
      const quick = (name: string) => times[name]?.toSorted((a, b) => a - b)[3] ?? 0
      for (const name of ['locked', 'nobody']) {
        expect(quick(name) / quick('free'), name).toBeGreaterThan(0.7)
        expect(quick(name) / quick('free'), name).toBeLessThan(1.4)
      }
    },
  )
})
