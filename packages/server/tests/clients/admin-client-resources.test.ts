import KeycloakAdminClient from '@keycloak/keycloak-admin-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bootstrapAdmin } from '../harness/server-process.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const realm = 'office'

describe('@keycloak/keycloak-admin-client sets up a realm in the order of an operator', () => {
  let server: TestServer
  let admin: KeycloakAdminClient
  const ids = new Map<string, string>()
  const id = (name: string): string => ids.get(name) ?? name

  const signIn = async () =>
    await admin.auth({
      grantType: 'password',
      clientId: 'admin-cli',
      username: bootstrapAdmin.username,
      password: bootstrapAdmin.password,
    })
  beforeAll(async () => {
    server = await startTestServer()
    admin = new KeycloakAdminClient({ baseUrl: server.url, realmName: 'master' })
    await signIn()
    await admin.realms.create({
      realm,
      enabled: true,
      organizationsEnabled: true,
      adminPermissionsEnabled: true,
    })
    admin.setConfig({ realmName: realm })
  })
  afterAll(() => server?.[Symbol.asyncDispose]())

  it('settings, texts, events and keys', async () => {
    await admin.realms.update({ realm }, { displayName: 'Office', eventsEnabled: true })
    await admin.realms.addLocalization(
      { realm, selectedLocale: 'de', key: 'greeting' },
      'Guten Tag',
    )
    expect(
      await admin.realms.getRealmLocalizationTexts({ realm, selectedLocale: 'de' }),
    ).toMatchObject({ greeting: 'Guten Tag' })
    await admin.realms.updateConfigEvents({ realm }, { adminEventsEnabled: true })
    expect(await admin.realms.getConfigEvents({ realm })).toMatchObject({
      adminEventsEnabled: true,
    })
    const { id: key } = await admin.components.create({
      name: 'more keys',
      providerId: 'rsa-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      config: { priority: ['-1'] },
    })
    await admin.components.del({ id: key })
    expect(await admin.components.findOne({ id: key })).toBeNull()
  })

  it('client scopes, clients, mappers, keys and what their tokens would say', async () => {
    await admin.clientScopes.create({ name: 'rooms', protocol: 'openid-connect' })
    const scope = await admin.clientScopes.findOneByName({ name: 'rooms' })
    const made = await admin.clients.create({ clientId: 'booking', redirectUris: ['http://x/*'] })
    ids.set('client', made.id)
    await admin.clients.addOptionalClientScope({ id: made.id, clientScopeId: scope!.id! })
    await admin.clients.addProtocolMapper(
      { id: made.id },
      {
        name: 'floor',
        protocol: 'openid-connect',
        protocolMapper: 'oidc-hardcoded-claim-mapper',
        config: { 'claim.name': 'floor', 'claim.value': '3', 'access.token.claim': 'true' },
      },
    )
    const user = await admin.users.create({ username: 'guest', enabled: true })
    ids.set('user', user.id)
    const token = await admin.clients.evaluateGenerateAccessToken({
      id: made.id,
      userId: user.id,
      scope: 'openid rooms',
      audience: '',
    })
    expect(token).toMatchObject({ floor: '3', azp: 'booking' })
    expect(String((token as { scope?: string }).scope).split(' ')).toContain('rooms')
    const store = await admin.clients.generateAndDownloadKey(
      { id: made.id, attr: 'jwt.credential' },
      { format: 'PKCS12', keyAlias: 'k', keyPassword: 'one', storePassword: 'two', keySize: 2_048 },
    )
    expect(store.byteLength).toBeGreaterThan(1_000)
    const key = await admin.clients.getKeyInfo({ id: made.id, attr: 'jwt.credential' })
    expect(key.certificate).toBeTruthy()
    const registered = await admin.clients.generateRegistrationAccessToken({ id: made.id })
    expect(registered.registrationAccessToken).toBeTruthy()
  })

  it('groups, roles and an organization with members', async () => {
    const group = await admin.groups.create({ name: 'floor-3' })
    await admin.users.addToGroup({ id: id('user'), groupId: group.id })
    expect(await admin.groups.listMembers({ id: group.id })).toHaveLength(1)
    await admin.roles.create({ name: 'booker' })
    const role = await admin.roles.findOneByName({ name: 'booker' })
    await admin.groups.addRealmRoleMappings({
      id: group.id,
      roles: [{ id: role!.id!, name: 'booker' }],
    })
    const held = await admin.users.listCompositeRealmRoleMappings({ id: id('user') })
    expect(held.map(({ name }) => name)).toContain('booker')
    const organization = await admin.organizations.create({
      name: 'visitors',
      domains: [{ name: 'visitors.example', verified: false }],
    })
    await admin.organizations.addMember({ orgId: organization.id, userId: id('user') })
    expect(await admin.organizations.listMembers({ orgId: organization.id })).toHaveLength(1)
  })

  it('a flow of its own, an identity provider with a mapper', async () => {
    await admin.authenticationManagement.copyFlow({ flow: 'browser', newName: 'office browser' })
    const [first] = await admin.authenticationManagement.getExecutions({ flow: 'office browser' })
    await admin.authenticationManagement.lowerPriorityExecution({ id: first!.id! })
    const moved = await admin.authenticationManagement.getExecutions({ flow: 'office browser' })
    expect(moved.findIndex(({ id: each }) => each === first!.id)).toBeGreaterThan(0)
    await admin.identityProviders.create({ alias: 'partner', providerId: 'oidc' })
    const imported = await admin.identityProviders.importFromUrl({
      providerId: 'oidc',
      fromUrl: `${server.url}/realms/master/.well-known/openid-configuration`,
    })
    expect(imported).toMatchObject({ issuer: `${server.url}/realms/master` })
    const types = await admin.identityProviders.findMapperTypes({ alias: 'partner' })
    expect(Object.keys(types)).toContain('oidc-user-attribute-idp-mapper')
    const mapper = await admin.identityProviders.createMapper({
      alias: 'partner',
      identityProviderMapper: {
        name: 'mail',
        identityProviderAlias: 'partner',
        identityProviderMapper: 'oidc-user-attribute-idp-mapper',
        config: { claim: 'mail', 'user.attribute': 'email' },
      },
    })
    expect(mapper.id).toBeTruthy()
    expect(await admin.identityProviders.reloadKeys({ alias: 'partner' })).toBe(false)
  })

  it('a permission for one user, and parts of another realm', async () => {
    const [holder] = await admin.clients.find({ clientId: 'admin-permissions' })
    const policy = await admin.clients.createPolicy({ id: holder!.id!, type: 'user' }, {
      name: 'guest',
      users: [id('user')],
    } as never)
    const permission = await admin.clients.createPermission({ id: holder!.id!, type: 'scope' }, {
      name: 'themselves',
      resourceType: 'Users',
      scopes: ['view'],
      resources: [id('user')],
      policies: [policy.id!],
    } as never)
    expect(permission.id).toBeTruthy()
    const done = await admin.realms.partialImport({
      realm,
      rep: {
        ifResourceExists: 'SKIP',
        users: [{ username: 'guest' }, { username: 'host' }],
        clients: [{ clientId: 'doors' }],
      },
    })
    expect(done).toMatchObject({ added: 2, skipped: 1 })
    const exported = await admin.realms.export({ realm, exportClients: true })
    expect(exported.clients?.map(({ clientId }) => clientId)).toContain('doors')
  })

  it('and takes it away again', async () => {
    await admin.users.del({ id: id('user') })
    await admin.clients.del({ id: id('client') })
    await admin.realms.del({ realm })
    admin.setConfig({ realmName: 'master' })
    expect(await admin.realms.findOne({ realm })).toBeNull()
  })
})
