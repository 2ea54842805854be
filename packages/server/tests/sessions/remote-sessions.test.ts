import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRealm, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { eventually } from '../harness/eventually.ts'
import { freePort } from '../harness/free-port.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { RedisServer, redisUnavailable } from '../remote-stores/redis-server.ts'

const app = { client_id: 'app', client_secret: demoSecret('app') }
const backWithinMs = 15_000
/** Longest that a client waits to be told that it may try again. */
const promptMs = 4_000

if (redisUnavailable !== undefined) test.skip(`Redis: ${redisUnavailable}`, () => undefined)

describe.skipIf(redisUnavailable !== undefined)('sessions in a remote store', () => {
  let redis: RedisServer
  let database: TestDatabase
  let nodes: ServerProcess[] = []
  let token = ''
  const node = (index: number) => nodes[index] as ServerProcess

  beforeAll(async () => {
    redis = await RedisServer.start()
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    const port = await freePort()
    const options = [
      '--cache=local',
      '--features-disabled=persistent-user-sessions',
      '--cache-remote-type=valkey',
      `--cache-remote-host=127.0.0.1:${redis.port}`,
      '--cache-remote-tls-enabled=false',
      `--hostname=http://127.0.0.1:${port}`,
    ]
    const shared = { databaseUrl: database.url, options }
    const first = await startServer({
      ...shared,
      port,
      realms: [{ ...demoRealm(), realm: 'strict', revokeRefreshToken: true }],
    })
    nodes = [first, await startServer(shared)]
    await administer()
  })

  afterAll(async () => {
    await Promise.all(nodes.map((each) => each.stop()))
    await database?.[Symbol.asyncDispose]()
    await redis?.[Symbol.asyncDispose]()
  })

  async function ask(at: ServerProcess, path: string, form: Record<string, string>, realm: string) {
    const start = performance.now()
    const url = `${at.realmUrl(realm)}/protocol/openid-connect/${path}`
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) })
    const text = await answer.text()
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, string>
    const retryAfter = answer.headers.get('retry-after')
    return { status: answer.status, body, retryAfter, tookMs: performance.now() - start }
  }

  const grant = (at: ServerProcess, name: string, scope = 'openid', realm = 'demo') =>
    ask(
      at,
      'token',
      { ...app, grant_type: 'password', username: name, password: demoPassword(name), scope },
      realm,
    )

  async function login(at: ServerProcess, name: string, scope?: string, realm?: string) {
    const { status, body } = await grant(at, name, scope, realm)
    expect(status, JSON.stringify(body)).toBe(200)
    return body
  }

  const refresh = (
    at: ServerProcess,
    { refresh_token = '' }: Record<string, string>,
    realm = 'demo',
  ) => ask(at, 'token', { ...app, grant_type: 'refresh_token', refresh_token }, realm)

  async function userinfo(at: ServerProcess, { access_token = '' }: Record<string, string>) {
    const url = `${at.realmUrl('demo')}/protocol/openid-connect/userinfo`
    const headers = { authorization: `Bearer ${access_token}` }
    return (await fetch(url, { headers })).status
  }

  async function administer() {
    const form = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
    const { body } = await ask(node(1), 'token', form, 'master')
    token = body['access_token'] ?? ''
  }

  async function administrator(path: string, method = 'GET', body?: object): Promise<unknown> {
    const answer = await fetch(`${node(1).url}/admin/realms/demo${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return text === '' ? answer.status : JSON.parse(text)
  }

  const idOf = async (name: string) => {
    const [user] = (await administrator(`/users?exact=true&username=${name}`)) as { id: string }[]
    return user?.id ?? ''
  }
  const uuidOf = async (clientId: string) => {
    const [client] = (await administrator(`/clients?clientId=${clientId}`)) as { id: string }[]
    return client?.id ?? ''
  }
  const rows = async (condition: string) => {
    const [row] = await database.query<{ n: number }>(
      `SELECT ((SELECT count(*) FROM user_session WHERE ${condition})
        + (SELECT count(*) FROM volatile_user_session WHERE ${condition}))::int AS n`,
    )
    return row?.n
  }
  const kept = async (pattern: string) =>
    (await redis.cli('KEYS', `holdfast:${pattern}`)).split('\n').filter(Boolean)

  test('are there alone, and every node goes on with them; offline ones are rows', async () => {
    const online = await login(node(0), 'person-0')
    expect(await rows('NOT offline')).toBe(0)
    const sid = online['session_state'] ?? ''
    expect(await kept(`sessions:{${sid}}`)).toHaveLength(1)
    expect(await kept(`clientSessions:{${sid}.*`)).toHaveLength(1)
    const offline = await login(node(0), 'person-0', 'openid offline_access')
    expect(await rows('offline')).toBe(1)
    for (const tokens of [online, offline]) {
      expect(await userinfo(node(1), tokens)).toBe(200)
      expect((await refresh(node(1), tokens)).status).toBe(200)
    }
    const lives = Number(await redis.cli('PTTL', `holdfast:sessions:{${sid}}`))
    // Half an hour without use, and the margin of batched touches.
    expect(lives).toBeGreaterThan(1_800_000)
    expect(lives).toBeLessThanOrEqual(1_920_000)
  })

  test('remember when they were used last', async () => {
    const tokens = await login(node(0), 'person-1')
    const user = await idOf('person-1')
    const last = async () => {
      const [session] = (await administrator(`/users/${user}/sessions`)) as { lastAccess: number }[]
      return session?.lastAccess ?? 0
    }
    const before = await last()
    await eventually('the use is written', backWithinMs, async () => {
      expect((await refresh(node(0), tokens)).status).toBe(200)
      return (await last()) > before
    })
  })

  test('let a browser in, once per code, and go on for another client', async () => {
    const browser = new Browser()
    const person = { username: 'person-2', password: demoPassword('person-2') }
    const redirectUri = 'http://127.0.0.1:3999/cb'
    const url = (at: ServerProcess, clientId: string) =>
      authorizationUrl({ realmUrl: at.realmUrl('demo'), clientId, redirectUri }).href
    const home = await signIn(browser, await browser.get(url(node(0), 'app')), person)
    const { code } = authorizationResponse(home)
    const form = { ...app, grant_type: 'authorization_code', code, redirect_uri: demoRedirectUri }
    const redeemed = await Promise.all(
      Array.from({ length: 8 }, (_, index) => ask(node(index % 2), 'token', form, 'demo')),
    )
    const won = redeemed.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    // What it gave ends with the second use (RFC 6749 §4.1.2).
    expect((await refresh(node(0), won[0]?.body ?? {})).status).toBe(400)
    const again = authorizationResponse(await browser.get(url(node(0), 'app')))
    const { body, status } = await ask(node(1), 'token', { ...form, code: again.code }, 'demo')
    expect(status).toBe(200)
    expect(body['session_state']).toBe(won[0]?.body['session_state'])
    expect((await refresh(node(1), body)).status).toBe(200)
  })

  test('are listed and counted by user, client and realm, page by page', async () => {
    await administrator('/logout-all', 'POST')
    const names = ['person-3', 'person-3', 'person-4', 'person-5']
    const begun: string[] = []
    for (const name of names) begun.push((await login(node(0), name))['session_state'] ?? '')
    await login(node(0), 'person-3', 'openid offline_access')
    begun.push('with the offline one')
    const [user, client] = [await idOf('person-3'), await uuidOf('app')]
    expect(await administrator(`/users/${user}/sessions`)).toHaveLength(3)
    expect(await administrator(`/clients/${client}/session-count`)).toEqual({ count: 5 })
    expect(await administrator('/client-session-stats')).toEqual([
      expect.objectContaining({ id: client, clientId: 'app', active: '5' }),
    ])
    const page = (await administrator(`/clients/${client}/user-sessions?first=1&max=2`)) as {
      id: string
      username: string
      clients: Record<string, string>
    }[]
    expect(page.map(({ id }) => id)).toEqual(begun.slice(1, 3))
    expect(page.map(({ username }) => username)).toEqual(['person-3', 'person-4'])
    expect(Object.values(page[0]?.clients ?? {})).toEqual(['app'])
    const all = (await administrator('/ui-ext/sessions?first=4&max=50')) as { type: string }[]
    expect(all.map(({ type }) => type)).toEqual([
      'REGULAR',
      ...Array(all.length - 1).fill('OFFLINE'),
    ])
    expect(all.length).toBeGreaterThan(1)
    const found = (await administrator('/ui-ext/sessions?search=person-5')) as { id: string }[]
    expect(found.map(({ id }) => id)).toEqual([begun[3]])
  })

  test('end alone, with their user, and with all of the realm', async () => {
    const [one, two, other] = [
      await login(node(0), 'person-6'),
      await login(node(1), 'person-6'),
      await login(node(0), 'person-7'),
    ]
    expect(await administrator(`/sessions/${one['session_state']}`, 'DELETE')).toBe(204)
    expect((await refresh(node(0), one)).body['error']).toBe('invalid_grant')
    expect((await refresh(node(0), two)).status).toBe(200)
    const user = await idOf('person-6')
    expect(await administrator(`/users/${user}/logout`, 'POST')).toBe(204)
    expect((await refresh(node(0), two)).body['error']).toBe('invalid_grant')
    expect(await kept(`sessions:{user.*${user}.*`)).toEqual([])
    const left = await ask(
      node(1),
      'logout',
      { ...app, refresh_token: other['refresh_token'] ?? '' },
      'demo',
    )
    expect(left.status).toBe(204)
    expect(await userinfo(node(0), other)).toBe(401)
    const last = await login(node(0), 'person-7')
    await administrator('/logout-all', 'POST')
    expect((await refresh(node(1), last)).body['error']).toBe('invalid_grant')
    expect(await administrator('/client-session-stats')).toEqual([
      expect.objectContaining({ active: '0' }),
    ])
  })

  test('end with a user who is disabled or deleted, also while logins of theirs end', async () => {
    const user = await idOf('person-8')
    const logins = Array.from({ length: 6 }, (_, index) => grant(node(index % 2), 'person-8'))
    expect(await administrator(`/users/${user}`, 'PUT', { enabled: false })).toBe(204)
    for (const { status, body } of await Promise.all(logins)) {
      if (status === 200) expect((await refresh(node(0), body)).status).toBe(400)
    }
    expect(await administrator(`/users/${user}/sessions`)).toEqual([])
    const gone = await idOf('person-9')
    const tokens = await login(node(0), 'person-9')
    expect(await administrator(`/users/${gone}`, 'DELETE')).toBe(204)
    expect((await refresh(node(1), tokens)).status).toBe(400)
    expect(await kept(`sessions:{${tokens['session_state']}}`)).toEqual([])
  })

  test('are not there when what is written with a login cannot be', async () => {
    const redirectUri = demoRedirectUri
    const request = { realmUrl: node(0).realmUrl('demo'), clientId: 'app', redirectUri }
    const signed = async () => {
      const browser = new Browser()
      const person = { username: 'person-13', password: demoPassword('person-13') }
      return await signIn(browser, await browser.get(authorizationUrl(request).href), person)
    }
    await database.query(`CREATE FUNCTION refuse_login() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no login today'; END $$`)
    await database.query(`CREATE TRIGGER refuse_login BEFORE INSERT ON single_use_object
      FOR EACH ROW EXECUTE FUNCTION refuse_login()`)
    expect((await signed()).status).toBe(500)
    const user = await idOf('person-13')
    expect(await administrator(`/users/${user}/sessions`)).toEqual([])
    await database.query('DROP TRIGGER refuse_login ON single_use_object')
    expect(authorizationResponse(await signed()).code).toBeTruthy()
    expect(await administrator(`/users/${user}/sessions`)).toHaveLength(1)
  })

  test('rotate refresh tokens: of many uses at once one counts as the first', async () => {
    const tokens = await login(node(0), 'person-0', 'openid', 'strict')
    const uses = await Promise.all(
      Array.from({ length: 6 }, (_, index) => refresh(node(index % 2), tokens, 'strict')),
    )
    const good = uses.filter(({ status }) => status === 200)
    expect(good.length).toBeGreaterThan(0)
    const next = await refresh(node(0), good[0]?.body ?? {}, 'strict')
    expect(next.status, JSON.stringify(next.body)).toBe(200)
    expect((await refresh(node(1), next.body, 'strict')).status).toBe(200)
  })

  test('let fifty logins of one user at once be known to their list', async () => {
    const logins = await Promise.all(
      Array.from({ length: 50 }, (_, index) => login(node(index % 2), 'person-10')),
    )
    const sessions = (await administrator(`/users/${await idOf('person-10')}/sessions`)) as {
      id: string
    }[]
    expect(sessions.map(({ id }) => id).sort()).toEqual(
      logins.map(({ session_state }) => session_state).sort(),
    )
  })

  test('answer 503 while the store is away, offline ones go on, and come back with it', async () => {
    const online = await login(node(0), 'person-11')
    const offline = await login(node(0), 'person-11', 'openid offline_access')
    redis.signal('SIGSTOP')
    try {
      const answers = await Promise.all([refresh(node(0), online), grant(node(1), 'person-11')])
      for (const { status, retryAfter, tookMs } of answers) {
        expect(status).toBe(503)
        expect(Number(retryAfter)).toBeGreaterThan(0)
        expect(tookMs).toBeLessThan(promptMs)
      }
      expect(await userinfo(node(1), online)).toBe(503)
      expect((await refresh(node(1), offline)).status).toBe(200)
      const service = { client_id: 'service', client_secret: demoSecret('service') }
      const form = { ...service, grant_type: 'client_credentials' }
      expect((await ask(node(0), 'token', form, 'demo')).status).toBe(200)
      // An administrator's own session is there, too.
      expect(await administrator('/users?max=1')).toMatchObject({ error: expect.any(String) })
    } finally {
      redis.signal('SIGCONT')
    }
    await eventually('both nodes go on', backWithinMs, async () => {
      const answers = await Promise.all(nodes.map((each) => refresh(each, online)))
      return answers.every(({ status }) => status === 200)
    })
  })

  test('end when the store forgets them: people sign in again', async () => {
    const online = await login(node(0), 'person-12')
    await redis.cli('FLUSHALL')
    expect((await refresh(node(1), online)).body['error']).toBe('invalid_grant')
    expect((await refresh(node(1), await login(node(0), 'person-12'))).status).toBe(200)
    for (const { log } of nodes)
      expect(log).not.toMatch(/Uncaught server error: (?!.*no login today)/)
  })
})
