import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import KeycloakAdminClient from '@keycloak/keycloak-admin-client'
import express from 'express'
import session from 'express-session'
import Keycloak from 'keycloak-connect'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { signIn } from '../harness/login.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { template } from './keycloak-connect-fixtures.ts'

const login = { username: 'test-admin', password: 'password' }

interface Settings {
  readonly policies: readonly Record<string, unknown>[]
}

/** Its policies are scripts, which neither server takes by Admin REST: these decide the same. */
const policies: Readonly<Record<string, object>> = {
  'Default Policy': { type: 'role', config: { roles: '[{"id":"user","required":true}]' } },
  'Delete Policy': {
    type: 'role',
    logic: 'NEGATIVE',
    config: { roles: '[{"id":"user","required":true}]' },
  },
  'Supported Browser Policy': {
    type: 'regex',
    config: { targetClaim: 'user_agent', pattern: '^mozilla$', targetContextAttributes: 'true' },
  },
}

/** What keycloak-connect's own tests of its enforcer ask for (`keycloak-connect-{rest,web}-enforcer-spec.js`). */
describe('the enforcer of keycloak-connect', () => {
  let server: TestServer
  let app: Server
  let appUrl: string
  beforeAll(async () => {
    server = await startTestServer()
    const admin = new KeycloakAdminClient({ baseUrl: server.url, realmName: 'master' })
    await admin.auth({ grantType: 'password', clientId: 'admin-cli', ...bootstrapAdmin })
    await admin.realms.create(template('testrealm.json', { realm: 'enforced' }))
    const built = express()
    app = built.listen(0, 'localhost')
    await once(app, 'listening')
    const { port } = app.address() as AddressInfo
    appUrl = `http://localhost:${port}`
    admin.setConfig({ realmName: 'enforced' })
    install(built, await installation(admin, port))
  })
  afterAll(async () => {
    app?.close()
    await server?.[Symbol.asyncDispose]()
  })

  async function token(): Promise<string> {
    const response = await fetch(`${server.url}/realms/enforced/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-app', ...login }),
    })
    return ((await response.json()) as { access_token: string }).access_token
  }

  async function ask(method: string, path: string, bearer?: string) {
    const headers: Record<string, string> = bearer ? { authorization: `Bearer ${bearer}` } : {}
    const response = await fetch(`${appUrl}${path}`, { method, headers })
    const text = await response.text()
    return { status: response.status, body: response.ok ? JSON.parse(text) : text }
  }

  it.each([
    ['GET', 'view'],
    ['POST', 'update'],
  ])('lets %s through with the scope that it needs', async (method, scope) => {
    const { body } = await ask(method, '/resource', await token())
    expect(body.message).toBe(`resource:${scope}`)
    expect(body.permissions).toMatchObject([{ rsname: 'resource', scopes: [scope] }])
    expect(body.permissions).toHaveLength(1)
  })

  it('denies what nobody has a permission for, and one of two', async () => {
    const bearer = await token()
    const denied = { status: 403, body: 'Access denied' }
    expect(await ask('DELETE', '/resource', bearer)).toEqual(denied)
    expect(await ask('GET', '/resource-view-delete', bearer)).toEqual(denied)
  })

  it('denies everything without a token, or with one that is none', async () => {
    for (const bearer of [undefined, 'none', `${await token()}x`]) {
      expect((await ask('GET', '/resource', bearer)).status).toBe(403)
    }
  })

  it('has claims of the request weighed', async () => {
    const bearer = await token()
    const { body } = await ask('GET', '/resource-claims?user_agent=mozilla', bearer)
    expect(body.permissions).toMatchObject([
      { rsname: 'photo', claims: { user_agent: ['mozilla'] } },
    ])
    expect((await ask('GET', '/resource-claims?user_agent=ie', bearer)).status).toBe(403)
  })

  it('passes what needs no permission', async () => {
    const { body } = await ask('GET', '/no-permission-defined', await token())
    expect(body).toEqual({ message: 'always grant' })
  })

  it('decides for who has signed in by the browser, with a token of permissions too', async () => {
    const browser = new Browser({ origins: [server.url, appUrl] })
    await signIn(browser, await browser.get(`${appUrl}/login`), login)
    expect(JSON.parse((await browser.get(`${appUrl}/resource`)).body).message).toBe('resource:view')
    expect(JSON.parse((await browser.get(`${appUrl}/by-token`)).body).message).toBe('by token')
    expect((await browser.get(`${appUrl}/delete-by-token`)).status).toBe(403)
  })
})

/** Registers the application and downloads its keycloak.json. */
async function installation(admin: KeycloakAdminClient, port: number): Promise<object> {
  const client = template('templates/resource-server-template.json', {
    port: String(port),
    name: 'resource-server-app',
  })
  const settings = client['authorizationSettings'] as Settings
  const decided = settings.policies.map((policy) => ({
    ...policy,
    ...policies[String(policy['name'])],
  }))
  const { authorizationSettings: _, ...plain } = client
  const { id } = await admin.clients.create({ ...plain, authorizationServicesEnabled: true })
  await admin.clients.importResource({ id }, { ...settings, policies: decided } as never)
  const text = await admin.clients.getInstallationProviders({
    id,
    providerId: 'keycloak-oidc-keycloak-json',
  })
  return (typeof text === 'string' ? JSON.parse(text) : text) as object
}

/** The application of keycloak-connect's own tests, with JSON in the place of its pages. */
function install(app: express.Express, configuration: object): void {
  const store = new session.MemoryStore()
  app.use(session({ secret: 'test', resave: false, saveUninitialized: true, store }))
  const keycloak = new Keycloak({ store }, configuration as never)
  app.use(keycloak.middleware({ logout: '/logout', admin: '/' }))
  const enforced = (permissions?: string | string[], config?: object) =>
    keycloak.enforcer(permissions as string, config as never) as never
  const answer =
    (message: string) =>
    (request: express.Request, response: express.Response): void => {
      const { permissions } = request as unknown as { permissions?: object }
      response.json({ message, permissions })
    }
  app.get('/login', keycloak.protect() as never, answer('signed in'))
  app.get('/resource', enforced('resource:view'), answer('resource:view'))
  app.post('/resource', enforced('resource:update'), answer('resource:update'))
  app.delete('/resource', enforced('resource:delete'), answer('resource:delete'))
  app.get('/resource-view-delete', enforced(['resource:view', 'resource:delete']), answer('both'))
  const claims = ({ query }: express.Request) => ({ user_agent: [query['user_agent']] })
  app.get('/resource-claims', enforced(['photo'], { claims }), answer('claims'))
  app.get('/no-permission-defined', enforced(), answer('always grant'))
  const byToken = { response_mode: 'token' }
  app.get('/by-token', enforced('resource:view', byToken), answer('by token'))
  app.get('/delete-by-token', enforced('resource:delete', byToken), answer('deleted'))
  app.get('/', (_request, response) => void response.json({ home: true }))
}
