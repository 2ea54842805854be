import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../cluster/cluster-node.ts'
import { Browser } from '../harness/browser.ts'
import { demoPassword, demoRealm, demoRedirectUri, demoSecret } from '../harness/demo-realm.ts'
import { freePort } from '../harness/free-port.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import { administer, createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { startThrowAwayPostgres, type ThrowAwayPostgres } from '../harness/throw-away-postgres.ts'

const options = ['--cache=local', '--features-disabled=persistent-user-sessions']
const app = { client_id: 'app', client_secret: demoSecret('app') }
const person = 'person-1'
/** A PostgreSQL that was killed is started again, recovers, and is found by the nodes. */
const backWithinMs = 30_000

interface Answer {
  readonly status: number
  readonly body: Record<string, string>
}

async function token(node: ServerProcess, form: Record<string, string>): Promise<Answer> {
  const body = new URLSearchParams({ ...app, ...form })
  const path = `${node.realmUrl('demo')}/protocol/openid-connect/token`
  const answer = await fetch(path, { method: 'POST', body })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

async function login(node: ServerProcess, scope = 'openid'): Promise<Record<string, string>> {
  const form = { grant_type: 'password', username: person, password: demoPassword(person), scope }
  const { status, body } = await token(node, form)
  expect(status).toBe(200)
  return body
}

const refresh = (node: ServerProcess, { refresh_token = '' }: Record<string, string>) =>
  token(node, { grant_type: 'refresh_token', refresh_token })

describe('sessions without a log', { timeout: 120_000 }, () => {
  let postgres: ThrowAwayPostgres
  let database: TestDatabase
  let nodes: ServerProcess[] = []

  /** Every node goes by the name of the first one. */
  let port: number
  const named = () => ({
    databaseUrl: database.url,
    options: [...options, `--hostname=http://127.0.0.1:${port}`],
  })
  const start = (place: object = {}) => startServer({ ...named(), ...place })
  const node = (index: number) => nodes[index] as ServerProcess
  const rows = async (table: string) => {
    const found = await database.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)
    return Number(found[0]?.n)
  }

  beforeAll(async () => {
    postgres = await startThrowAwayPostgres()
    database = await createDatabase(postgres.url)
    port = await freePort()
    const first = await start({ port, realms: [demoRealm()] })
    nodes = [first, await start()]
  })

  afterAll(async () => {
    await Promise.all(nodes.map((each) => each.stop()))
    await database?.close()
    await postgres?.stop()
  })

  async function administrator(path: string, method = 'GET'): Promise<unknown> {
    const form = { grant_type: 'password', client_id: 'admin-cli', ...bootstrapAdmin }
    const endpoint = `${node(1).realmUrl('master')}/protocol/openid-connect/token`
    const asked = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token } = (await asked.json()) as { access_token: string }
    const answer = await fetch(`${node(1).url}/admin/realms/demo${path}`, {
      method,
      headers: { authorization: `Bearer ${access_token}` },
    })
    const text = await answer.text()
    return text === '' ? answer.status : JSON.parse(text)
  }

  test('are in tables of their own, offline ones beside the users', async () => {
    await login(node(0))
    await login(node(0), 'openid offline_access')
    expect(await rows('volatile_user_session')).toBe(2)
    expect(await rows('user_session WHERE offline')).toBe(1)
    expect(await rows('user_session WHERE NOT offline')).toBe(0)
  })

  test('are listed, counted and ended as others are', async () => {
    const [user] = (await administrator(`/users?username=${person}`)) as { id: string }[]
    const [client] = (await administrator('/clients?clientId=app')) as { id: string }[]
    expect(await administrator(`/users/${user?.id}/sessions`)).toHaveLength(2)
    expect(await administrator(`/clients/${client?.id}/session-count`)).toEqual({ count: 2 })
    expect(await administrator(`/clients/${client?.id}/offline-session-count`)).toEqual({
      count: 1,
    })
    const stats = await administrator('/client-session-stats')
    expect(stats).toEqual([expect.objectContaining({ clientId: 'app', active: '2', offline: '1' })])
    const tokens = await login(node(0))
    expect(await administrator(`/users/${user?.id}/logout`, 'POST')).toBe(204)
    expect((await refresh(node(1), tokens)).status).toBe(400)
    expect(await rows(`volatile_user_session WHERE user_id = '${user?.id}'`)).toBe(0)
    expect(await administrator(`/users/${user?.id}/sessions`)).toEqual([])
  })

  test('cost direct grants and refreshes no wait, while a standby that others wait for is away', async () => {
    const settle = async (change: string, names: string) => {
      await administer(postgres.url, `ALTER SYSTEM ${change}`)
      await administer(postgres.url, 'SELECT pg_reload_conf()')
      await eventually('it is so', backWithinMs, async () => {
        const [row] = await database.query('SHOW synchronous_standby_names')
        return row?.['synchronous_standby_names'] === names
      })
    }
    await settle("SET synchronous_standby_names = 'nobody'", 'nobody')
    try {
      const tokens = await login(node(0))
      expect((await refresh(node(1), tokens)).status).toBe(200)
      let ended = false
      const offline = login(node(0), 'openid offline_access').finally(() => {
        ended = true
      })
      await login(node(1))
      expect(ended).toBe(false)
      await settle('RESET synchronous_standby_names', '')
      await offline
    } finally {
      await settle('RESET synchronous_standby_names', '')
    }
  })

  test('survive the death of a node, and the restart of all', async () => {
    const tokens = await login(node(0))
    node(0).kill('SIGKILL')
    await node(0).exited
    expect((await refresh(node(1), tokens)).status).toBe(200)
    await Promise.all(nodes.map((each) => each.stop()))
    nodes = [await start({ port }), await start()]
    expect((await refresh(node(0), tokens)).status).toBe(200)
  })

  test('end when the database crashes: people sign in again, offline sessions go on', async () => {
    const browser = new Browser()
    const request = {
      realmUrl: node(0).realmUrl('demo'),
      clientId: 'app',
      redirectUri: demoRedirectUri,
    }
    const url = authorizationUrl(request).href
    const home = await signIn(browser, await browser.get(url), {
      username: person,
      password: demoPassword(person),
    })
    expect(authorizationResponse(home).code, home.describe()).toBeTruthy()
    const [online, offline] = [await login(node(0)), await login(node(0), 'openid offline_access')]
    const [place] = await database.query<{ path: string }>(
      "SELECT current_setting('data_directory') AS path",
    )
    const [pid] = readFileSync(join(place?.path ?? '', 'postmaster.pid'), 'utf8').split('\n')
    process.kill(Number(pid), 'SIGKILL')
    const statuses: number[] = []
    await eventually('both nodes serve again', backWithinMs, async () => {
      const answers = await Promise.all(nodes.map((each) => refresh(each, online)))
      statuses.push(...answers.map(({ status }) => status))
      return answers.every(({ status }) => status === 400)
    })
    expect(new Set(statuses.filter((status) => status !== 200))).toEqual(new Set([503, 400]))
    expect((await refresh(node(0), online)).body['error']).toBe('invalid_grant')
    expect((await refresh(node(0), offline)).status).toBe(200)
    const again = await browser.get(url)
    expect(again.status).toBe(200)
    expect(again.forms.map(({ id }) => id)).toContain('kc-form-login')
    await login(node(1))
    for (const each of nodes) expect(each.log).not.toContain('Uncaught server error')
  })
})

test('are refused where sites have to share them', async () => {
  const server = await startServer({
    options: [...options, '--features=multi-site'],
    waitUntilReady: false,
  })
  expect(await server.exited).toBe(2)
  expect(server.log).toContain('multi-site needs the feature persistent-user-sessions')
  await server.stop()
})
