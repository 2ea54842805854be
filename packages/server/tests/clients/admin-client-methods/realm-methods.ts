import { expect } from 'vitest'
import type { DrivenClient } from './driven-client.ts'

/** A realm, its settings, texts, events, keys, components and policies. */
export async function driveRealm(client: DrivenClient): Promise<void> {
  const { realm } = client
  const of = { realm }
  expect(await client.call('realms.create', { realm, enabled: true })).toEqual({ realmName: realm })
  await client.signIn()
  await client.call('realms.update', of, {
    organizationsEnabled: true,
    eventsEnabled: true,
    adminEventsEnabled: true,
  })
  const found = await client.call<{ realm: string }[]>('realms.find', { briefRepresentation: true })
  expect(found.map((each) => each.realm)).toContain(realm)
  expect(await client.call('realms.findOne', of)).toMatchObject({ organizationsEnabled: true })
  await client.call('realms.updateConfigEvents', of, { eventsExpiration: 600 })
  expect(await client.call('realms.getConfigEvents', of)).toMatchObject({ eventsExpiration: 600 })
  expect(await client.call('realms.findEvents', of)).toEqual([])
  const written = await client.call<{ operationType: string }[]>('realms.findAdminEvents', of)
  expect(written.map(({ operationType }) => operationType)).toContain('UPDATE')
  await client.call('realms.clearEvents', of)
  await client.call('realms.clearAdminEvents', of)
  expect(await client.call('realms.getKeys', of)).toHaveProperty('active.RS256')
  const german = { ...of, selectedLocale: 'de' }
  await client.call('realms.addLocalization', { ...german, key: 'hello' }, 'Hallo')
  expect(await client.call('realms.getRealmSpecificLocales', of)).toEqual(['de'])
  expect(await client.call('realms.getRealmLocalizationTexts', german)).toEqual({ hello: 'Hallo' })
  await client.call('realms.deleteRealmLocalizationTexts', { ...german, key: 'hello' })
  const policies = await client.call('realms.getClientRegistrationPolicyProviders', of)
  expect(policies).toHaveProperty('0.id')
  const token = await client.call('realms.createClientsInitialAccess', of, { count: 2 })
  expect(await client.call('realms.getClientsInitialAccess', of)).toMatchObject([{ id: token.id }])
  await client.call('realms.delClientsInitialAccess', { ...of, id: token.id })
  expect(await client.call('realms.getClientSessionStats', of)).toEqual([])
  expect(await client.call('realms.pushRevocation', of)).toEqual({})
  await client.call('realms.logoutAll', of)
  await driveTests(client)
  await driveComponents(client)
  await drivePolicies(client)
  for (const cache of ['User', 'Keys', 'Crl', 'Realm']) {
    await client.call(`cache.clear${cache}Cache`, of)
  }
  const about = await client.call<{ themes: { login: { name: string }[] } }>('serverInfo.find')
  expect(about).toHaveProperty('systemInfo.version')
  // Terraform's provider asks before it names one.
  expect(about.themes.login.map(({ name }) => name)).toEqual([
    'holdfast',
    'keycloak',
    'keycloak.v2',
  ])
  const bundle = { realm, theme: 'holdfast', themeType: 'login', locale: 'en' }
  expect(await client.call('serverInfo.findEffectiveMessageBundles', bundle)).toHaveProperty(
    '0.key',
  )
  // Only the console's own token may ask.
  const asking = { realm: 'master', currentRealm: realm }
  expect(await client.refusal('whoAmI.find', asking)).toBe(403)
}

/** Of servers that are not there. */
async function driveTests(client: DrivenClient): Promise<void> {
  const of = { realm: client.realm }
  const nowhere = {
    action: 'testConnection',
    connectionUrl: 'ldap://127.0.0.1:9',
    authType: 'none',
    connectionTimeout: '500',
  }
  expect(await client.refusal('realms.testLDAPConnection', of, nowhere)).toBeGreaterThanOrEqual(400)
  expect(await client.refusal('realms.ldapServerCapabilities', of, nowhere)).toBeGreaterThanOrEqual(
    400,
  )
  const mail = { host: '127.0.0.1', port: 9, from: 'a@example.org' }
  expect(await client.refusal('realms.testSMTPConnection', of, mail)).toBeGreaterThanOrEqual(400)
}

async function driveComponents(client: DrivenClient): Promise<void> {
  const { id } = await client.call('components.create', {
    name: 'more keys',
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    config: { priority: ['-1'] },
  })
  const component = await client.call<object>('components.findOne', { id })
  await client.call('components.update', { id }, { ...component, name: 'renamed' })
  expect(await client.call('components.find', { name: 'renamed' })).toHaveLength(1)
  await client.call('components.del', { id })
  const directory = await client.call('components.create', {
    name: 'directory',
    providerId: 'ldap',
    providerType: 'org.keycloak.storage.UserStorageProvider',
    config: {
      editMode: ['READ_ONLY'],
      vendor: ['other'],
      connectionUrl: ['ldap://127.0.0.1:9'],
      usersDn: ['ou=p'],
    },
  })
  const type = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper'
  const below = await client.call('components.listSubComponents', { id: directory.id, type })
  expect(below).toHaveProperty('0.id')
  expect(await client.call('userStorageProvider.name', { id: directory.id })).toMatchObject({
    name: 'directory',
  })
  for (const method of ['removeImportedUsers', 'unlinkUsers', 'sync']) {
    const status = await client.refusal(`userStorageProvider.${method}`, {
      id: directory.id,
      action: 'triggerFullSync',
    })
    expect([0, 400, 501]).toContain(status)
  }
  const mapper = { id: 'none', parentId: directory.id, direction: 'fedToKeycloak' }
  expect(await client.refusal('userStorageProvider.mappersSync', mapper)).toBeGreaterThanOrEqual(
    400,
  )
  await client.call('components.del', { id: directory.id })
}

async function drivePolicies(client: DrivenClient): Promise<void> {
  const executors = [{ executor: 'pkce-enforcer', configuration: {} }]
  await client.call('clientPolicies.createProfiles', { profiles: [{ name: 'strict', executors }] })
  const profiles = await client.call<object>('clientPolicies.listProfiles', {
    includeGlobalProfiles: true,
  })
  expect(profiles).toMatchObject({ profiles: [{ name: 'strict' }] })
  // As the console sends them back: with the global ones.
  await client.call('clientPolicies.createProfiles', profiles)
  await client.call('clientPolicies.updatePolicy', { policies: [{ name: 'all', enabled: false }] })
  expect(await client.call('clientPolicies.listPolicies', {})).toMatchObject({
    policies: [{ name: 'all' }],
  })
  await client.call('clientPolicies.updatePolicy', { policies: [] })
  const { id } = await client.call('workflows.create', {
    name: 'remind',
    on: 'user-created',
    steps: [{ uses: 'disable-user', after: '1000' }],
  })
  expect(await client.call('workflows.find', {})).toHaveLength(1)
  const workflow = await client.call<object>('workflows.findOne', { id, includeId: true })
  await client.call('workflows.update', { id }, { ...workflow, name: 'warn' })
  await client.call('workflows.delById', { id })
  const yaml = 'name: other\non: user-created\nsteps:\n  - uses: disable-user\n    after: "1000"\n'
  const other = await client.call('workflows.createAsYaml', { realm: client.realm, yaml })
  await client.call('workflows.delById', { id: other.id })
}
