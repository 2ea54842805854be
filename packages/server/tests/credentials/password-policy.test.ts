import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

let server: TestServer
let admin: AdminSession
let user: string

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  await importRealm({ realm: 'rules', users: [{ username: 'polly', enabled: true }] })
  user = await idOf('rules', 'polly')
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

async function importRealm(body: { realm: string } & Record<string, unknown>): Promise<void> {
  const answer = await admin.send('/admin/realms', {
    method: 'POST',
    body: { enabled: true, ...body },
  })
  expect(answer.status).toBe(201)
}

async function idOf(realm: string, username: string): Promise<string> {
  const { body } = await admin.send(`/admin/realms/${realm}/users?username=${username}&exact=true`)
  return (body as { id: string }[])[0]?.id ?? ''
}

async function policy(passwordPolicy: string) {
  return await admin.send('/admin/realms/rules', { method: 'PUT', body: { passwordPolicy } })
}

async function password(value: string, realm = 'rules', id = user) {
  const answer = await admin.send(`/admin/realms/${realm}/users/${id}/reset-password`, {
    method: 'PUT',
    body: { type: 'password', value },
  })
  return answer.status === 204 ? 204 : (answer.body as { error?: string }).error
}

describe('the password policy of a realm', () => {
  it('takes patterns as Java does, and refuses passwords by them', async () => {
    expect((await policy(String.raw`regexPattern(^(?=.*\p{Punct}).{8,}$)`)).status).toBe(204)
    expect(await password('x')).toBe('invalidPasswordRegexPatternMessage')
    expect(await password('long-enough!')).toBe(204)
    expect((await policy('regexPattern(^[a-z]++$)')).status).toBe(204)
    expect(await password('X')).toBe('invalidPasswordRegexPatternMessage')
    expect(await password('x')).toBe(204)
  })

  it('a pattern that would never end keeps nobody waiting, counts as no match, and is told', async () => {
    expect((await policy(String.raw`regexPattern((?<!z)(a+)+\1b)`)).status).toBe(204)
    const begin = performance.now()
    expect(await password('a'.repeat(64))).toBe('invalidPasswordRegexPatternMessage')
    expect(performance.now() - begin).toBeLessThan(5000)
    expect(server.server.log).toContain(
      'Realm rules: the pattern of passwordPolicy regexPattern took longer than 50 ms',
    )
    expect((await policy('regexPattern((a+)+b)')).status).toBe(204)
    expect(await password('a'.repeat(64))).toBe('invalidPasswordRegexPatternMessage')
    expect(await password('aaab')).toBe(204)
  })

  it.each([
    ['regexPattern(([)', 'Invalid config for regexPattern: Not a valid regular expression'],
    ['length(8)and digits(1)', 'Invalid config for length: Not a valid number'],
    ['tomorrow(1)', 'Password policy not found'],
    [
      'hashAlgorithm(pbkdf2-sha512) and hashIterations(99999999)',
      'Invalid config for hashIterations: At most 10000000',
    ],
  ])('%s is not saved', async (text, errorMessage) => {
    const answer = await policy(text)
    expect(answer.status).toBe(400)
    expect(answer.body).toEqual({ errorMessage })
  })

  it('asks a service whether a password has leaked, and takes it when nobody answers', async () => {
    const hash = createHash('sha1').update('password1').digest('hex').toUpperCase()
    const asked: (string | undefined)[] = []
    const service = createServer((request, response) => {
      asked.push(request.url)
      response.end(request.url === `/${hash.slice(0, 5)}` ? `${hash.slice(5)}:9000\r\n` : '')
    })
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    const { port } = service.address() as AddressInfo
    expect((await policy(`notLeaked(http://127.0.0.1:${port}/)`)).status).toBe(204)
    expect(await password('password1')).toBe('invalidPasswordBlacklistedMessage')
    expect(await password('a password of nobody')).toBe(204)
    expect(asked).toContain(`/${hash.slice(0, 5)}`)
    expect(asked.join()).not.toContain(hash.slice(0, 6))
    await new Promise((resolve) => service.close(resolve))
    expect(await password('password1')).toBe(204)
    expect(server.server.log).toContain('Realm rules: leaked passwords could not be looked up')
    expect((await policy('notLeaked(../etc/passwd)')).status).toBe(400)
  })

  it('of an import that is not understood is named, and no password is accepted until it is mended', async () => {
    await importRealm({
      realm: 'imported',
      passwordPolicy: 'length(3) and ruleOfYesterday(2)',
      users: [
        { username: 'ivy', enabled: true, credentials: [{ type: 'password', value: 'old' }] },
      ],
    })
    expect(server.server.log).toContain('Realm imported: passwordPolicy is not understood')
    const ivy = await idOf('imported', 'ivy')
    expect(await password('long-enough', 'imported', ivy)).toBe('invalidPasswordGenericMessage')
    const mended = { method: 'PUT', body: { passwordPolicy: 'length(3)' } }
    expect((await admin.send('/admin/realms/imported', mended)).status).toBe(204)
    expect(await password('long-enough', 'imported', ivy)).toBe(204)
  })

  it('hashIterations(27500) without an algorithm, as old realms have it, is no burden', async () => {
    await importRealm({
      realm: 'old-iterations',
      passwordPolicy: 'hashIterations(27500)',
      users: [
        {
          username: 'ola',
          enabled: true,
          email: 'ola@example.org',
          firstName: 'O',
          lastName: 'La',
          credentials: [{ type: 'password', value: 'pw' }],
        },
      ],
    })
    const begin = performance.now()
    const login = (username: string) =>
      fetch(`${server.realmUrl('old-iterations')}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'password',
          client_id: 'admin-cli',
          username,
          password: 'pw',
        }),
      })
    expect((await login('ola')).status).toBe(200)
    expect((await login('nobody')).status).toBe(400)
    expect(performance.now() - begin).toBeLessThan(5000)
    const id = await idOf('old-iterations', 'ola')
    const { body } = await admin.send(`/admin/realms/old-iterations/users/${id}/credentials`)
    const [stored] = body as { credentialData: string }[]
    expect(JSON.parse(stored?.credentialData ?? '')).toMatchObject({
      algorithm: 'argon2',
      hashIterations: 5,
    })
  })
})

describe('patterns of the user profile', () => {
  it('are refused when they cannot be understood, and bound values otherwise', async () => {
    const profile = (pattern: string) => ({
      attributes: [
        { name: 'username' },
        { name: 'email' },
        {
          name: 'x',
          permissions: { view: ['admin'], edit: ['admin'] },
          validations: { pattern: { pattern } },
        },
      ],
    })
    const path = '/admin/realms/rules/users/profile'
    const bad = await admin.send(path, { method: 'PUT', body: profile('([') })
    expect(bad.status).toBe(400)
    expect((bad.body as { errorMessage: string }).errorMessage).toBe(
      "[Validator 'pattern' defined for attribute 'x' has incorrect configuration: ValidationError{validatorId='pattern', inputHint='pattern', message='error-validator-config-invalid-value', messageParameters=[([, Unclosed character class near index 1\n([\n ^]}, ]",
    )
    const good = { method: 'PUT', body: profile(String.raw`(?i)\p{Alpha}++\d`) }
    expect((await admin.send(path, good)).status).toBe(200)
    const create = (username: string, value: string) =>
      admin.send('/admin/realms/rules/users', {
        method: 'POST',
        body: { username, attributes: { x: [value] } },
      })
    expect((await create('fits', 'aB1')).status).toBe(201)
    const refused = await create('fits-not', 'äB1')
    expect(refused.status).toBe(400)
    expect(refused.body).toMatchObject({ field: 'x', errorMessage: 'error-pattern-no-match' })
  })
})
