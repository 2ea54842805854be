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

/** The realm and the clients are those of keycloak-connect's own tests, made through the Admin REST API as they do. */
describe('keycloak-connect', () => {
  let server: TestServer
  let admin: KeycloakAdminClient
  let app: Server
  let appUrl: string
  beforeAll(async () => {
    server = await startTestServer()
    admin = new KeycloakAdminClient({ baseUrl: server.url, realmName: 'master' })
    await admin.auth({ grantType: 'password', clientId: 'admin-cli', ...bootstrapAdmin })
    await admin.realms.create(template('testrealm.json', { realm: 'connect' }))
    const built = express()
    app = built.listen(0, 'localhost')
    await once(app, 'listening')
    const { port } = app.address() as AddressInfo
    appUrl = `http://localhost:${port}`
    admin.setConfig({ realmName: 'connect' })
    install(built, await installation(admin, port))
  })
  afterAll(async () => {
    app?.close()
    await server?.[Symbol.asyncDispose]()
  })

  it('leaves public pages alone', async () => {
    const page = await new Browser().get(`${appUrl}/service/public`)
    expect(JSON.parse(page.body)).toEqual({ message: 'public' })
  })

  it('sends a visitor to the login and back', async () => {
    const browser = new Browser({ origins: [server.url, appUrl] })
    const login = await browser.get(`${appUrl}/login`)
    expect(login.id).toBe('login-login')
    const back = await signIn(browser, login, { username: 'alice', password: 'password' })
    expect(back.status).toBe(200)
    expect(JSON.parse(back.body)).toMatchObject({ user: 'alice' })
    const restricted = await browser.get(`${appUrl}/restricted`)
    expect(restricted.status).toBe(403)
    const sso = await browser.get(`${appUrl}/check-sso`)
    expect(JSON.parse(sso.body)).toEqual({ authenticated: true })
  })

  it('checks for a session without asking', async () => {
    const browser = new Browser({ origins: [server.url, appUrl] })
    const page = await browser.get(`${appUrl}/check-sso`)
    expect(JSON.parse(page.body)).toEqual({ authenticated: false })
  })

  it('lets an administrator in and logs out', async () => {
    const browser = new Browser({ origins: [server.url, appUrl] })
    const login = await browser.get(`${appUrl}/restricted`)
    const back = await signIn(browser, login, { username: 'test-admin', password: 'password' })
    expect(JSON.parse(back.body)).toEqual({ user: 'test-admin' })
    await browser.get(`${appUrl}/logout`)
    const again = await browser.get(`${appUrl}/check-sso`)
    expect(JSON.parse(again.body)).toEqual({ authenticated: false })
  })
})

/** Registers the application and downloads its keycloak.json. */
async function installation(admin: KeycloakAdminClient, port: number): Promise<object> {
  const client = template('templates/confidential-template.json', {
    port: String(port),
    name: 'confidential-app',
  })
  const { id } = await admin.clients.create(client)
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
  app.get('/service/public', (_request, response) => void response.json({ message: 'public' }))
  app.use(keycloak.middleware({ logout: '/logout', admin: '/' }))
  const user = (request: express.Request): unknown =>
    (
      request as unknown as {
        kauth: { grant: { access_token: { content: Record<string, unknown> } } }
      }
    ).kauth.grant.access_token.content['preferred_username']
  app.get('/login', keycloak.protect() as never, (request, response) => {
    response.json({ user: user(request) })
  })
  app.get('/restricted', keycloak.protect('realm:admin') as never, (request, response) => {
    response.json({ user: user(request) })
  })
  app.get('/check-sso', keycloak.checkSso() as never, (request, response) => {
    const stored = (request.session as unknown as Record<string, unknown>)['keycloak-token']
    response.json({ authenticated: stored !== undefined && stored !== null })
  })
  app.get('/', (_request, response) => void response.json({ home: true }))
}
