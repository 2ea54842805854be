import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { bootstrapAdmin, type ServerProcess } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { eventually, startNode, untilMeshComplete } from './cluster-node.ts'
import { Promptness } from './promptness.ts'

const realm = 'master'
const rounds = 10

interface Tokens {
  readonly access_token: string
  readonly refresh_token: string
}

/** What an administrator changes on one node, and what the other node answers right after the reply. */
describe('a change on one of two nodes', { timeout: 90_000 }, () => {
  let database: TestDatabase
  let writer: ServerProcess
  let reader: ServerProcess
  let admin: string

  beforeAll(async () => {
    database = await createDatabase(inject('postgresUrl'), { template: inject('templateName') })
    const start = (name: string) =>
      startNode({
        databaseUrl: database.url,
        name,
        // One issuer, whichever node a request meets.
        options: ['--hostname=http://login.example.com'],
      })
    writer = await start('writer')
    reader = await start('reader')
    await untilMeshComplete(writer, 10_000)
    admin = await adminToken()
  })

  afterAll(async () => {
    await Promise.all([writer?.stop(), reader?.stop()])
    await database?.[Symbol.asyncDispose]()
  })

  async function adminToken(): Promise<string> {
    const { username, password } = bootstrapAdmin
    const form = { grant_type: 'password', client_id: 'admin-cli', username, password }
    const { body } = await token(writer, form)
    return (body as Tokens).access_token
  }

  async function token(node: ServerProcess, form: Record<string, string>) {
    const answer = await fetch(`${node.realmUrl(realm)}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }

  async function administer(node: ServerProcess, method: string, path: string, body?: unknown) {
    const answer = await fetch(`${node.url}/admin/realms/${path}`, {
      method,
      headers: { authorization: `Bearer ${admin}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
    return {
      location: answer.headers.get('location') ?? '',
      body: text === '' ? null : JSON.parse(text),
    }
  }

  const idOf = (location: string) => location.slice(location.lastIndexOf('/') + 1)

  test('of a realm is what the other shows', async () => {
    const promptness = new Promptness()
    for (let round = 0; round < rounds; round++) {
      admin = await adminToken()
      await administer(writer, 'PUT', realm, { displayName: `round ${round}` })
      await promptness.check('the new name is shown', async () => {
        const { body } = await administer(reader, 'GET', realm)
        return body.displayName === `round ${round}`
      })
    }
    promptness.expectMostAtOnce()
  })

  test('of the cluster is in the server info, as Keycloak shows it', async () => {
    admin = await adminToken()
    const answer = await fetch(`${reader.url}/admin/serverinfo`, {
      headers: { authorization: `Bearer ${admin}` },
    })
    const { providers } = (await answer.json()) as {
      providers: { connectionsInfinispan: { providers: { default: { operationalInfo: object } } } }
    }
    expect(providers.connectionsInfinispan.providers.default.operationalInfo).toMatchObject({
      clusterSize: '2',
      nodeName: 'reader',
      'sessions:Cache': 'HEALTHY',
      'member:writer': expect.stringMatching(/^reachable at 127\.0\.0\.1:\d+$/),
    })
  })

  test('of a client holds at once: a rotated secret and a disabled client are refused', async () => {
    admin = await adminToken()
    const { location } = await administer(writer, 'POST', `${realm}/clients`, {
      clientId: 'probe',
      secret: 'first-secret',
      serviceAccountsEnabled: true,
      publicClient: false,
    })
    const client = idOf(location)
    let secret = 'first-secret'
    const promptness = new Promptness()
    const grant = (client_secret: string) =>
      token(reader, { grant_type: 'client_credentials', client_id: 'probe', client_secret })
    expect((await grant(secret)).status).toBe(200)
    for (let round = 0; round < rounds; round++) {
      const { body } = await administer(writer, 'POST', `${realm}/clients/${client}/client-secret`)
      const former = secret
      secret = body.value
      await promptness.check(
        'the former secret is refused',
        async () => (await grant(former)).status === 401,
      )
      expect((await grant(secret)).status).toBe(200)
    }
    promptness.expectMostAtOnce()
    await administer(writer, 'PUT', `${realm}/clients/${client}`, {
      clientId: 'probe',
      enabled: false,
    })
    await promptness.check(
      'a disabled client is refused',
      async () => (await grant(secret)).status === 401,
    )
  })

  test('of a user holds at once: who is disabled or logged out refreshes nothing', async () => {
    admin = await adminToken()
    const user = idOf(
      (
        await administer(writer, 'POST', `${realm}/users`, {
          username: 'carol',
          enabled: true,
          email: 'carol@example.com',
          firstName: 'Carol',
          lastName: 'Example',
          credentials: [{ type: 'password', value: 'carol-Passw0rd', temporary: false }],
        })
      ).location,
    )
    const login = async () => {
      const form = {
        grant_type: 'password',
        client_id: 'admin-cli',
        username: 'carol',
        password: 'carol-Passw0rd',
      }
      return (await token(reader, form)).body as Tokens
    }
    const refresh = (refresh_token: string) =>
      token(reader, { grant_type: 'refresh_token', client_id: 'admin-cli', refresh_token })
    const refused = async (tokens: Tokens) => (await refresh(tokens.refresh_token)).status === 400
    const promptness = new Promptness()
    for (let round = 0; round < 3; round++) {
      const first = await login()
      expect((await refresh(first.refresh_token)).status).toBe(200)
      await administer(writer, 'PUT', `${realm}/users/${user}`, { enabled: false })
      await promptness.check('a disabled user refreshes nothing', () => refused(first))
      await administer(writer, 'PUT', `${realm}/users/${user}`, { enabled: true })
      const second = await login()
      await administer(writer, 'POST', `${realm}/users/${user}/logout`)
      await promptness.check('who was logged out refreshes nothing', () => refused(second))
    }
    promptness.expectMostAtOnce()
  })

  test('waits for a frozen node as long as is promised, and no longer', async () => {
    admin = await adminToken()
    await administer(reader, 'GET', realm)
    reader.kill('SIGSTOP')
    const start = performance.now()
    await administer(writer, 'PUT', realm, { displayName: 'while the other was frozen' })
    const tookMs = performance.now() - start
    reader.kill('SIGCONT')
    expect(tookMs).toBeGreaterThan(200)
    expect(tookMs).toBeLessThan(2_000)
    await eventually('the other has caught up', 2_000, async () => {
      const { body } = await administer(reader, 'GET', realm)
      return body.displayName === 'while the other was frozen'
    })
  })
})
