import { expect } from 'vitest'
import type { DrivenClient } from './driven-client.ts'
import type { People } from './people-methods.ts'

interface Named {
  readonly id: string
  readonly name: string
}

const mapper = (name: string) => ({
  name,
  protocol: 'openid-connect',
  protocolMapper: 'oidc-hardcoded-claim-mapper',
  config: { 'claim.name': name, 'claim.value': '3', 'access.token.claim': 'true' },
})

/** @returns the id of a client with a service account and authorization services */
export async function driveClient(client: DrivenClient): Promise<string> {
  const { id } = await client.call('clients.create', {
    clientId: 'booking',
    secret: 's3cret-s3cret',
    redirectUris: ['https://app.example.org/*'],
    serviceAccountsEnabled: true,
    authorizationServicesEnabled: true,
  })
  await client.call('clients.update', { id }, { clientId: 'booking', description: 'books' })
  expect(await client.call('clients.findOne', { id })).toMatchObject({ description: 'books' })
  expect(await client.call('clients.find', { clientId: 'booking' })).toHaveLength(1)
  expect(await client.call('clients.getServiceAccountUser', { id })).toHaveProperty('username')
  const made = await client.call<{ value: string }>('clients.generateNewClientSecret', { id })
  expect(await client.call('clients.getClientSecret', { id })).toMatchObject({ value: made.value })
  expect([0, 404, 501]).toContain(await client.refusal('clients.invalidateSecret', { id }))
  expect(await client.call('clients.generateRegistrationAccessToken', { id })).toHaveProperty(
    'registrationAccessToken',
  )
  const { realm } = client
  await client.call('users.listOfflineSessions', { id: await accountOf(client, id), clientId: id })
  for (const kind of ['listSessions', 'listOfflineSessions']) {
    expect(await client.call(`clients.${kind}`, { id })).toEqual([])
  }
  for (const kind of ['getSessionCount', 'getOfflineSessionCount']) {
    expect(await client.call(`clients.${kind}`, { id })).toEqual({ count: 0 })
  }
  await client.call('realms.removeSession', { realm, sessionId: 'none' })
  const session = { realm, session: 'none', isOffline: false }
  expect(await client.refusal('realms.deleteSession', session)).toBe(404)
  expect(await client.call('clients.pushRevocation', { id })).toEqual({})
  await client.call('clients.addClusterNode', { id, node: '127.0.0.1' })
  expect(await client.call('clients.testNodesAvailable', { id })).toBeTypeOf('object')
  await client.call('clients.deleteClusterNode', { id, node: '127.0.0.1' })
  const file = await client.call('clients.getInstallationProviders', {
    id,
    providerId: 'keycloak-oidc-keycloak-json',
  })
  expect(JSON.stringify(file)).toContain('booking')
  expect(await client.refusal('clients.listFineGrainPermissions', { id })).toBe(501)
  expect(await client.refusal('clients.updateFineGrainPermission', { id }, { enabled: true })).toBe(
    501,
  )
  await driveKeys(client, id)
  const unsigned = { 'saml.signing.certificate': '' }
  const saml = await client.call('clients.create', {
    clientId: 'saml',
    protocol: 'saml',
    attributes: unsigned,
  })
  const signing = await client.call('clients.findOne', { id: saml.id })
  expect(signing).toHaveProperty(['attributes', 'saml.signing.certificate'])
  return id
}

async function accountOf(client: DrivenClient, id: string): Promise<string> {
  return (await client.call('clients.getServiceAccountUser', { id })).id
}

async function driveKeys(client: DrivenClient, id: string): Promise<void> {
  const of = { id, attr: 'jwt.credential' }
  const made = await client.call<{ certificate: string }>('clients.generateKey', of)
  expect(await client.call('clients.getKeyInfo', of)).toMatchObject({
    certificate: made.certificate,
  })
  const store = {
    format: 'PKCS12',
    keyAlias: 'k',
    keyPassword: 'one',
    storePassword: 'two',
    keySize: 2_048,
  }
  const generated = await client.call<ArrayBuffer>('clients.generateAndDownloadKey', of, store)
  expect(generated.byteLength).toBeGreaterThan(1_000)
  const shown = await client.call<ArrayBuffer>('clients.downloadKey', of, store)
  expect(shown.byteLength).toBeGreaterThan(500)
  const certificate = () => {
    const form = new FormData()
    form.append('keystoreFormat', 'Certificate PEM')
    form.append('file', new Blob([made.certificate]), 'certificate.pem')
    return form
  }
  await client.call('clients.uploadKey', of, certificate())
  await client.call('clients.uploadCertificate', of, certificate())
  expect(await client.call('clients.getKeyInfo', of)).toMatchObject({
    certificate: made.certificate,
  })
}

/** Scopes, mappers and scope mappings, of the client and of a client scope. */
export async function driveScopes(client: DrivenClient, id: string, people: People): Promise<void> {
  await client.call('clientScopes.create', { name: 'rooms', protocol: 'openid-connect' })
  const scope = await client.call<Named>('clientScopes.findOneByName', { name: 'rooms' })
  await client.call('clientScopes.update', { id: scope.id }, { ...scope, description: 'r' })
  expect(await client.call('clientScopes.findOne', { id: scope.id })).toMatchObject({
    description: 'r',
  })
  const all = await client.call<Named[]>('clientScopes.find', {})
  expect(all.map(({ name }) => name)).toContain('rooms')
  for (const [list, one] of [
    ['DefaultClientScopes', 'DefaultClientScope'],
    ['DefaultOptionalClientScopes', 'DefaultOptionalClientScope'],
  ]) {
    await client.call(`clientScopes.add${one}`, { id: scope.id })
    const listed = await client.call<Named[]>(`clientScopes.list${list}`)
    expect(listed.map(({ name }) => name)).toContain('rooms')
    await client.call(`clientScopes.del${one}`, { id: scope.id })
  }
  for (const kind of ['Default', 'Optional']) {
    const link = { id, clientScopeId: scope.id }
    await client.call(`clients.add${kind}ClientScope`, link)
    const listed = await client.call<Named[]>(`clients.list${kind}ClientScopes`, { id })
    expect(listed.map(({ name }) => name)).toContain('rooms')
    await client.call(`clients.del${kind}ClientScope`, link)
  }
  await driveMappers(client, 'clients', id, 'findProtocolMapperById')
  await driveMappers(client, 'clientScopes', scope.id, 'findProtocolMapper')
  await driveScopeMappings(client, 'clients', id, id, people)
  await driveScopeMappings(client, 'clientScopes', scope.id, id, people)
  await driveEvaluation(client, id, people)
  await client.call('clientScopes.create', { name: 'short', protocol: 'openid-connect' })
  await client.call('clientScopes.delByName', { name: 'short' })
  await client.call('clientScopes.del', { id: scope.id })
}

async function driveMappers(client: DrivenClient, kind: string, id: string, find: string) {
  await client.call(`${kind}.addProtocolMapper`, { id }, mapper('floor'))
  await client.call(`${kind}.addMultipleProtocolMappers`, { id }, [mapper('room'), mapper('bed')])
  const listed = await client.call<Named[]>(`${kind}.listProtocolMappers`, { id })
  expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(['floor', 'room', 'bed']))
  const ofProtocol = { id, protocol: 'openid-connect' }
  expect(await client.call(`${kind}.findProtocolMappersByProtocol`, ofProtocol)).toHaveLength(
    listed.length,
  )
  const byName = { id, name: 'floor' }
  const floor = await client.call<Named>(`${kind}.findProtocolMapperByName`, byName)
  const one = { id, mapperId: floor.id }
  const config = { ...mapper('floor').config, 'claim.value': '4' }
  await client.call(`${kind}.updateProtocolMapper`, one, {
    ...mapper('floor'),
    id: floor.id,
    config,
  })
  expect(await client.call(`${kind}.${find}`, one)).toMatchObject({ config })
  await client.call(`${kind}.delProtocolMapper`, one)
}

async function driveScopeMappings(
  client: DrivenClient,
  kind: string,
  id: string,
  container: string,
  { role, clientRole }: People,
) {
  const names = async (method: string, given: object) =>
    (await client.call<Named[]>(`${kind}.${method}`, given)).map(({ name }) => name)
  expect(await names('listAvailableRealmScopeMappings', { id })).toContain('booker')
  await client.call(`${kind}.addRealmScopeMappings`, { id }, [role])
  expect(await names('listRealmScopeMappings', { id })).toEqual(['booker'])
  expect(await names('listCompositeRealmScopeMappings', { id })).toContain('booker')
  const of = { id, client: container }
  expect(await names('listAvailableClientScopeMappings', of)).toContain('opener')
  await client.call(`${kind}.addClientScopeMappings`, of, [clientRole])
  expect(await names('listClientScopeMappings', of)).toEqual(['opener'])
  expect(await names('listCompositeClientScopeMappings', of)).toContain('opener')
  expect(await client.call(`${kind}.listScopeMappings`, { id })).toHaveProperty('realmMappings')
  await client.call(`${kind}.delRealmScopeMappings`, { id }, [role])
  await client.call(`${kind}.delClientScopeMappings`, of, [clientRole])
}

async function driveEvaluation(client: DrivenClient, id: string, { user: userId }: People) {
  const of = { id, scope: 'openid', userId }
  expect(
    await client.call('clients.evaluateGenerateAccessToken', { ...of, audience: '' }),
  ).toMatchObject({ azp: 'booking', room: '3' })
  expect(await client.call('clients.evaluateGenerateIdToken', of)).toMatchObject({ aud: 'booking' })
  expect(await client.call('clients.evaluateGenerateUserInfo', of)).toMatchObject({ sub: userId })
  expect(await client.refusal('clients.evaluateGenerateSamlResponse', of)).toBeGreaterThan(0)
  const mappers = await client.call<{ mapperName: string }[]>(
    'clients.evaluateListProtocolMapper',
    {
      id,
      scope: 'openid',
    },
  )
  expect(mappers.map(({ mapperName }) => mapperName)).toContain('room')
  const container = { id, roleContainer: client.realm, scope: 'openid' }
  for (const type of ['granted', 'not-granted']) {
    expect(await client.call('clients.evaluatePermission', { ...container, type })).toBeInstanceOf(
      Array,
    )
  }
}
