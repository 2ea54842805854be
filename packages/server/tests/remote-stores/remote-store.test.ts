import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { eventually, metric, startNode } from '../cluster/cluster-node.ts'
import { Browser } from '../harness/browser.ts'
import { CertificateAuthority } from '../harness/certificate-authority.ts'
import { demoPassword, demoRealm, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { freePort } from '../harness/free-port.ts'
import { authorizationUrl, signIn } from '../harness/login.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { RedisServer, redisUnavailable } from './redis-server.ts'

const app = { client_id: 'app', client_secret: demoSecret('app') }
const password = 'of-the-store'
/** Longest that a client waits to be told that it may try again. */
const promptMs = 2_000
const backWithinMs = 15_000

/** The realm whose users are protected from guessing, and which asks for a second step. */
const guarded = {
  ...demoRealm(4),
  realm: 'guarded',
  bruteForceProtected: true,
  failureFactor: 3,
  quickLoginCheckMilliSeconds: 0,
}

if (redisUnavailable !== undefined) test.skip(`Redis: ${redisUnavailable}`, () => undefined)

describe.skipIf(redisUnavailable !== undefined)('two nodes with a remote store', () => {
  const authority = new CertificateAuthority()
  /** The address is none of its names. */
  const issued = authority.issue('/CN=store', ['subjectAltName = DNS:localhost'])
  const tls = { ...issued, authorityFile: authority.file }
  const trusted = `--truststore-paths=${authority.file}`
  let redis: RedisServer
  let database: TestDatabase
  let nodes: ServerProcess[] = []
  const node = (index: number) => nodes[index] as ServerProcess

  beforeAll(async () => {
    redis = await RedisServer.start([`requirepass ${password}`], {
      login: ['-a', password],
      tls,
    })
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    const port = await freePort()
    const start = (name: string, more: object) =>
      startNode({
        databaseUrl: database.url,
        name,
        options: [
          '--cache-remote-type=valkey',
          `--cache-remote-host=localhost:${redis.port}`,
          `--cache-remote-password=${password}`,
          trusted,
          '--cache-remote-single-use=true',
          `--hostname=http://127.0.0.1:${port}`,
        ],
        ...more,
      })
    const first = await start('first', { port, realms: [guarded] })
    nodes = [first, await start('second', {})]
  })

  afterAll(async () => {
    await Promise.all(nodes.map((each) => each.stop()))
    await database?.[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
    await authority[Symbol.asyncDispose]()
  })

  async function ask(at: ServerProcess, realm: string, form: Record<string, string>) {
    const url = `${at.realmUrl(realm)}/protocol/openid-connect/token`
    const start = performance.now()
    const answer = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ ...app, ...form }),
    })
    const body = (await answer.json()) as Record<string, string>
    return { status: answer.status, body, answer, tookMs: performance.now() - start }
  }
  const login = (at: ServerProcess, realm: string, username: string, secret: string) =>
    ask(at, realm, { grant_type: 'password', username, password: secret, scope: 'openid' })
  const rightly = (at: ServerProcess, realm = 'guarded', name = 'person-0') =>
    login(at, realm, name, demoPassword(name))

  async function administrator(path: string, method = 'GET') {
    const form = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
    const endpoint = `${node(0).realmUrl('master')}/protocol/openid-connect/token`
    const asked = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token } = (await asked.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${access_token}` }
    const answer = await fetch(`${node(0).url}/admin/realms/guarded${path}`, { method, headers })
    const text = await answer.text()
    return text === '' ? answer.status : JSON.parse(text)
  }

  test('count wrong guesses together, in the store alone', async () => {
    for (const guess of [0, 1, 0]) {
      const { body } = await login(node(guess), 'guarded', 'person-1', 'wrong')
      expect(body['error']).toBe('invalid_grant')
    }
    expect((await rightly(node(1), 'guarded', 'person-1')).body['error']).toBe('invalid_grant')
    const [user] = (await administrator('/users?username=person-1')) as { id: string }[]
    const path = `/attack-detection/brute-force/users/${user?.id}`
    expect(await administrator(path)).toMatchObject({ numFailures: 3, disabled: true })
    expect(await database.query('SELECT 1 FROM login_failure')).toEqual([])
    expect(await redis.cli('KEYS', 'holdfast:loginFailures:*')).toContain(user?.id)
    expect(await administrator('/attack-detection/brute-force/users', 'DELETE')).toBe(204)
    expect((await rightly(node(1), 'guarded', 'person-1')).status).toBe(200)
    expect(await administrator(path)).toMatchObject({ numFailures: 0, disabled: false })
  })

  test('let of many guesses at once no more through than the realm allows', async () => {
    const guesses = Array.from({ length: 12 }, (_, index) =>
      login(node(index % 2), 'guarded', 'person-2', 'wrong'),
    )
    await Promise.all(guesses)
    const [user] = (await administrator('/users?username=person-2')) as { id: string }[]
    const status = await administrator(`/attack-detection/brute-force/users/${user?.id}`)
    expect(status).toMatchObject({ numFailures: 3, disabled: true })
  })

  test('keep logins under way there, with the end that a login has', async () => {
    const browser = new Browser()
    const realmUrl = node(0).realmUrl('guarded')
    const request = { realmUrl, clientId: 'app', redirectUri: demoRedirectUri }
    const parameters = { kc_action: 'UPDATE_PASSWORD' }
    const first = await browser.get(authorizationUrl({ ...request, parameters }).href)
    const person = { username: 'person-3', password: demoPassword('person-3') }
    const page = await signIn(browser, first, person)
    expect(page.status).toBe(200)
    expect(page.describe()).toContain('execution=UPDATE_PASSWORD')
    const keys = (await redis.cli('KEYS', 'holdfast:authenticationSessions:*')).split('\n')
    expect(keys).toHaveLength(1)
    const left = Number(await redis.cli('PTTL', keys[0] ?? ''))
    expect(left).toBeGreaterThan(60_000)
    expect(left).toBeLessThan(3_600_000)
    expect(await database.query('SELECT 1 FROM authentication_session')).toEqual([])
  })

  test('while it is frozen, refuse what needs it, go on otherwise, and are back by themselves', async () => {
    const tokens = (await rightly(node(0))).body
    redis.signal('SIGSTOP')
    const refused = await Promise.all(nodes.map((each) => rightly(each)))
    for (const { status, answer, tookMs, body } of refused) {
      expect([status, body['error']]).toEqual([503, 'temporarily_unavailable'])
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(tookMs).toBeLessThan(promptMs)
    }
    expect((await rightly(node(1), 'demo')).status).toBe(200)
    const form = { grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] ?? '' }
    expect((await ask(node(1), 'guarded', form)).status).toBe(200)
    expect((await fetch(`${node(0).managementUrl}/health/ready`)).status).toBe(200)
    redis.signal('SIGCONT')
    await eventually('both nodes let in', backWithinMs, async () => {
      const answers = await Promise.all(nodes.map((each) => rightly(each)))
      return answers.every(({ status }) => status === 200)
    })
  })

  test('come back after it was killed, and after its password was changed for a while', async () => {
    await redis.kill()
    await eventually('it is missed', backWithinMs, async () => {
      const up = await metric(node(0).managementUrl, 'holdfast_remote_store_up')
      return up === 0 && (await rightly(node(0))).status === 503
    })
    await redis.begin()
    await eventually('they let in', backWithinMs, async () => {
      const answers = await Promise.all(nodes.map((each) => rightly(each)))
      return answers.every(({ status }) => status === 200)
    })
    await redis.cli('CONFIG', 'SET', 'requirepass', 'another')
    await redis.cli('-a', 'another', 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await eventually(
      'they are not let in',
      backWithinMs,
      async () => (await rightly(node(1))).status === 503,
    )
    await redis.cli('-a', 'another', 'CONFIG', 'SET', 'requirepass', password)
    await eventually(
      'they let in again',
      backWithinMs,
      async () => (await rightly(node(1))).status === 200,
    )
    expect(
      await metric(node(0).managementUrl, 'holdfast_remote_store_reconnects_total'),
    ).toBeGreaterThan(0)
    for (const each of nodes) expect(each.log).not.toContain('Uncaught server error')
  })

  const plain = '--cache-remote-tls-enabled=false'
  const known = `--cache-remote-password=${password}`
  const refusals: readonly (readonly [string[], number, RegExp])[] = [
    [[trusted, '--cache-remote-password=no'], 1, /cannot be used: it does not take .*WRONGPASS/],
    [[trusted], 1, /cannot be used: it does not take .*NOAUTH/],
    [[plain, known], 1, /perhaps it expects TLS \(cache-remote-tls-enabled is false\)/],
    [[known], 1, /cannot be used: TLS failed .*certificate/],
    [
      [trusted, known, '--cache-remote-host=127.0.0.1'],
      1,
      /cannot be used: TLS failed .*IP: 127\.0\.0\.1 is not in the cert's list/,
    ],
    [[plain, '--cache-remote-port=1'], 1, /localhost:1 cannot be reached: .*ECONNREFUSED/],
    [[plain, '--cache-remote-username=me'], 2, /'--cache-remote-username' needs/],
    [['--features=stateless'], 2, /stateless keeps everything in the database/],
    [
      [trusted, known, '--cache-config-file=mine.xml'],
      2,
      /mine\.xml has a remote-store beside the options/,
    ],
  ]
  const xml = '<infinispan><x:remote-store cache="sessions"/></infinispan>'

  /** Each takes most of a start, and they do not mind each other. */
  test('with options that do not fit, a start ends with one line', async () => {
    const start = async ([options, code, line]: (typeof refusals)[number]) => {
      const port = options.some((option) => option.includes('-port=')) ? [] : [redis.port]
      const server = await startServer({
        databaseUrl: database.url,
        options: [
          '--cache=local',
          '--cache-remote-type=valkey',
          '--cache-remote-host=localhost',
          ...port.map((each) => `--cache-remote-port=${each}`),
          ...options,
        ],
        files: { 'conf/mine.xml': xml },
        waitUntilReady: false,
      })
      expect(await server.exited, server.log).toBe(code)
      const lines = server.log.split('\n').filter((text) => line.test(text))
      expect(lines, server.log).toHaveLength(1)
      expect(server.log).not.toMatch(/^\s+at /m)
      await server.stop()
    }
    await Promise.all(refusals.map(start))
  })

  test('without a host its options are refused', async () => {
    const server = await startServer({
      databaseUrl: database.url,
      options: [plain],
      waitUntilReady: false,
    })
    expect(await server.exited).toBe(2)
    expect(server.log).toContain(
      "Disabled option: '--cache-remote-tls-enabled'. Available only when remote host is set",
    )
    await server.stop()
  })
})
