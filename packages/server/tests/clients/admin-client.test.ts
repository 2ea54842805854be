import KeycloakAdminClient from '@keycloak/keycloak-admin-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { formBody, HttpClient } from '../harness/http-exchange.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const redirectUri = 'http://127.0.0.1:4100/cb'

describe('@keycloak/keycloak-admin-client', () => {
  let server: TestServer
  let admin: KeycloakAdminClient
  beforeAll(async () => {
    server = await startTestServer()
    admin = new KeycloakAdminClient({ baseUrl: server.url, realmName: 'master' })
    await admin.auth({
      grantType: 'password',
      clientId: 'admin-cli',
      username: bootstrapAdmin.username,
      password: bootstrapAdmin.password,
    })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  it('sets up a realm in which a new user can sign in', async () => {
    expect(await admin.realms.create({ realm: 'shop', enabled: true })).toEqual({
      realmName: 'shop',
    })
    admin.setConfig({ realmName: 'shop' })
    await createClient(admin)
    const user = await createUser(admin)
    await assignRoles(admin, user)
    await admin.users.resetPassword({
      id: user,
      credential: { type: 'password', value: 'first-Passw0rd', temporary: false },
    })
    const claims = await login('customer', 'first-Passw0rd')
    expect(claims).toMatchObject({
      sub: user,
      preferred_username: 'customer',
      realm_access: { roles: expect.arrayContaining(['buyer']) },
    })
  })

  it('finds, changes and deletes what it made', async () => {
    const [user] = await admin.users.find({ username: 'customer', exact: true })
    await admin.users.update({ id: user!.id! }, { ...user, firstName: 'Changed' })
    expect((await admin.users.findOne({ id: user!.id! }))?.firstName).toBe('Changed')
    expect((await admin.users.listGroups({ id: user!.id! })).map(({ path }) => path)).toEqual([
      '/people',
    ])
    const [client] = await admin.clients.find({ clientId: 'web-shop' })
    await admin.clients.update({ id: client!.id! }, { ...client, description: 'a shop' })
    expect((await admin.clients.findOne({ id: client!.id! }))?.description).toBe('a shop')
    await admin.users.del({ id: user!.id! })
    expect(await admin.users.find({ username: 'customer' })).toEqual([])
    await admin.clients.del({ id: client!.id! })
    expect(await admin.clients.find({ clientId: 'web-shop' })).toEqual([])
    const { keys } = await admin.realms.getKeys({ realm: 'shop' })
    expect(keys?.map(({ algorithm }) => algorithm)).toContain('RS256')
    await admin.realms.del({ realm: 'shop' })
    const answer = await fetch(`${server.url}/realms/shop`)
    expect(answer.status).toBe(404)
  })

  async function login(username: string, password: string): Promise<Record<string, unknown>> {
    const browser = new Browser()
    const first = await browser.get(
      authorizationUrl({ realmUrl: server.realmUrl('shop'), clientId: 'web-shop', redirectUri }),
    )
    const { code } = authorizationResponse(await signIn(browser, first, { username, password }))
    const answer = await new HttpClient().send({
      method: 'POST',
      url: `${server.realmUrl('shop')}/protocol/openid-connect/token`,
      ...formBody({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: 'web-shop',
        client_secret: 'shop-secret',
      }),
    })
    expect(answer.status, answer.body).toBe(200)
    const { access_token } = JSON.parse(answer.body) as { access_token: string }
    return JSON.parse(Buffer.from(access_token.split('.')[1]!, 'base64url').toString()) as Record<
      string,
      unknown
    >
  }
})

async function createClient(admin: KeycloakAdminClient): Promise<void> {
  const { id } = await admin.clients.create({
    clientId: 'web-shop',
    secret: 'shop-secret',
    redirectUris: [redirectUri],
    publicClient: false,
  })
  expect((await admin.clients.getClientSecret({ id })).value).toBe('shop-secret')
}

async function createUser(admin: KeycloakAdminClient): Promise<string> {
  const { id } = await admin.users.create({
    username: 'customer',
    enabled: true,
    email: 'customer@shop.test',
    emailVerified: true,
    firstName: 'First',
    lastName: 'Customer',
  })
  return id
}

async function assignRoles(admin: KeycloakAdminClient, user: string): Promise<void> {
  await admin.roles.create({ name: 'buyer' })
  const role = await admin.roles.findOneByName({ name: 'buyer' })
  await admin.users.addRealmRoleMappings({
    id: user,
    roles: [{ id: role!.id!, name: role!.name! }],
  })
  const group = await admin.groups.create({ name: 'people' })
  await admin.users.addToGroup({ id: user, groupId: group.id })
}
