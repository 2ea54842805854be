import { afterAll, beforeAll, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

const credential = (algorithm: string, value: string) => ({
  type: 'password',
  secretData: JSON.stringify({ value, salt: '', additionalParameters: {} }),
  credentialData: JSON.stringify({ algorithm, hashIterations: 1, additionalParameters: {} }),
})
const person = (username: string, ...credentials: object[]) => ({
  username,
  enabled: true,
  email: `${username}@example.org`,
  firstName: 'A',
  lastName: 'B',
  credentials,
})

it('hashes of other programs open the door, and are replaced when they have', async () => {
  const body = {
    realm: 'moved',
    enabled: true,
    users: [
      person(
        'bcrypt',
        credential('bcrypt', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
      ),
      person('phpass', credential('phpass', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0')),
      person('greedy', credential('bcrypt', `$2a$31$${'C'.repeat(53)}`)),
      person('unknown', credential('md5', 'abc')),
    ],
  }
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
  const login = async (username: string, password: string) => {
    const answer = await fetch(`${server.realmUrl('moved')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'admin-cli',
        username,
        password,
      }),
    })
    return answer.status
  }
  const algorithmOf = async (username: string): Promise<unknown> => {
    const users = await admin.send(`/admin/realms/moved/users?username=${username}&exact=true`)
    const [user] = users.body as { id: string }[]
    const { body: found } = await admin.send(`/admin/realms/moved/users/${user?.id}/credentials`)
    const [stored] = found as { credentialData: string }[]
    return JSON.parse(stored?.credentialData ?? '{}').algorithm
  }
  for (const [username, password] of [
    ['bcrypt', 'U*U'],
    ['phpass', 'test12345'],
  ] as const) {
    expect(await login(username, 'wrong')).toBe(400)
    expect(await algorithmOf(username)).toBe(username)
    expect(await login(username, password)).toBe(200)
    expect(await algorithmOf(username)).toBe('argon2')
    expect(await login(username, password)).toBe(200)
  }
  expect(await login('greedy', 'x')).toBe(400)
  expect(await login('unknown', 'x')).toBe(400)
  expect(await login('unknown', 'y')).toBe(400)
  const named = server.server.log.match(/Realm moved: user \w+ cannot sign in .*/g)
  expect(named?.toSorted()).toEqual([
    expect.stringContaining('user greedy cannot sign in with a password'),
    expect.stringContaining('user unknown cannot sign in with a password'),
  ])
  expect(named?.join()).toContain('algorithm md5')
})
