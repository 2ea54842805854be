import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const keys = 'org.keycloak.keys.KeyProvider'
const policies = 'org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy'
const storage = 'org.keycloak.storage.UserStorageProvider'
const mappers = 'org.keycloak.storage.ldap.mappers.LDAPStorageMapper'
const realm = '/admin/realms/components'

type Config = Readonly<Record<string, readonly string[]>>
interface Shown {
  readonly id: string
  readonly name?: string
  readonly providerId: string
  readonly config: Config
}
interface ShownKey {
  readonly providerId: string
  readonly kid: string
  readonly status: string
  readonly algorithm: string
}

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const made = await admin.send('/admin/realms', {
    method: 'POST',
    body: { realm: 'components', enabled: true },
  })
  expect(made.status).toBe(201)
})
beforeEach(async () => {
  admin = await AdminSession.open(server.url)
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function create(providerType: string, providerId: string, config: Config, more = {}) {
  const body = { name: 'made', providerType, providerId, config, ...more }
  const answer = await admin.send(`${realm}/components`, { method: 'POST', body })
  return { ...answer, id: answer.headers.get('location')?.split('/').at(-1) ?? '' }
}

async function shown(id: string): Promise<Shown> {
  return (await admin.send(`${realm}/components/${id}`)).body as Shown
}

async function keysOf(id: string): Promise<ShownKey[]> {
  const { body } = await admin.send(`${realm}/keys`)
  return (body as { keys: ShownKey[] }).keys.filter((key) => key.providerId === id)
}

async function put(id: string, body: unknown) {
  return await admin.send(`${realm}/components/${id}`, { method: 'PUT', body })
}

const sizes = "'Secret size' should be 16, 24, 32, 64, 128, 256 or 512"
const bits = "'Key size' should be 1024, 2048, 3072 or 4096"
const curves = "'Elliptic Curve' should be P-256, P-384 or P-521"
/** Configurations that Keycloak 26.7.4 refuses, and its words. */
const refusedKeys: readonly (readonly [providerId: string, config: Config, message: string])[] = [
  ...['-48', '-1500', 'abc', '48', '1e9', '99999999999999999999', 'NaN'].flatMap((size) => [
    ['hmac-generated', { secretSize: [size] }, sizes] as const,
    ['aes-generated', { secretSize: [size] }, sizes] as const,
    ['rsa-generated', { keySize: [size] }, bits] as const,
    ['rsa-enc-generated', { keySize: [size] }, bits] as const,
  ]),
  ['rsa-generated', { keySize: ['8192'] }, bits],
  ['ecdsa-generated', { ecdsaEllipticCurveKey: ['P-999'] }, curves],
  ['ecdh-generated', { ecdhEllipticCurveKey: ['secp256k1'] }, curves],
  [
    'eddsa-generated',
    { eddsaEllipticCurveKey: ['foo'] },
    "'Elliptic Curve' should be Ed25519 or Ed448",
  ],
  ['hmac-generated', { priority: ['abc'] }, "'Priority' should be a number"],
  ['hmac-generated', { priority: ['99999999999999999999'] }, "'Priority' should be a number"],
  ['hmac-generated', { enabled: ['abc'] }, "'Enabled' should be 'true' or 'false'"],
  ['hmac-generated', { active: ['TRUE'] }, "'Active' should be 'true' or 'false'"],
  ['rsa', {}, "'Private RSA Key' is required"],
  ['rsa', { privateKey: [''] }, "'Private RSA Key' is required"],
  ['rsa', { privateKey: ['abc'] }, 'Failed to decode private key'],
]

describe('what an administrator says of a key', () => {
  it('is refused in Keycloak’s words where it is out of range, and so is an import of it', async () => {
    for (const [providerId, config, errorMessage] of refusedKeys) {
      const answer = await create(keys, providerId, config)
      expect([providerId, config, answer.status, answer.body]).toEqual([
        providerId,
        config,
        400,
        { errorMessage },
      ])
    }
    for (const [providerId, config, errorMessage] of refusedKeys.slice(-12)) {
      const imported = await admin.send('/admin/realms', {
        method: 'POST',
        body: { realm: 'bad-key', components: { [keys]: [{ name: 'k', providerId, config }] } },
      })
      expect([providerId, imported.status, imported.body]).toEqual([
        providerId,
        400,
        { errorMessage },
      ])
    }
    expect((await admin.send('/admin/realms/bad-key')).status).toBe(404)
    const page = await fetch(
      `${server.realmUrl('components')}/protocol/openid-connect/auth?client_id=account&response_type=code`,
    )
    expect(page.headers.get('set-cookie')).not.toContain('AAAAAAAAAAAA')
  })

  it('acts where its provider does not name it, and is not shown', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    })
    const given = { privateKey: [privateKey], priority: ['7'], kid: ['chosen'] }
    const { id } = await create(keys, 'rsa', given)
    expect(await keysOf(id)).toMatchObject([{ kid: 'chosen' }])
    expect(Object.keys((await shown(id)).config).toSorted()).toEqual([
      'certificate',
      'priority',
      'privateKey',
    ])
    expect((await put(id, { config: { priority: ['8'] } })).status).toBe(204)
    expect(await keysOf(id)).toMatchObject([{ kid: 'chosen' }])
  })

  it('changes what it names and nothing else; another size or curve makes another key', async () => {
    const { id } = await create(keys, 'ecdsa-generated', {
      ecdsaEllipticCurveKey: ['P-384'],
      enabled: ['false'],
      priority: ['50'],
    })
    const [before] = await keysOf(id)
    expect(before).toMatchObject({ status: 'DISABLED', algorithm: 'ES384' })
    expect((await put(id, { config: { priority: ['60'] } })).status).toBe(204)
    expect(await keysOf(id)).toMatchObject([{ kid: before?.kid, status: 'DISABLED' }])
    expect((await shown(id)).config).toEqual({
      ecdsaEllipticCurveKey: ['P-384'],
      enabled: ['false'],
      priority: ['60'],
    })
    const refused = await put(id, { config: { priority: ['x'] } })
    expect(refused.body).toEqual({ errorMessage: "'Priority' should be a number" })
    expect((await put(id, { config: { ecdsaEllipticCurveKey: ['P-256'] } })).status).toBe(204)
    const [after] = await keysOf(id)
    expect(after).toMatchObject({ status: 'DISABLED', algorithm: 'ES256' })
    expect(after?.kid).not.toBe(before?.kid)
    expect((await put(id, { config: { enabled: [] } })).status).toBe(204)
    expect(await keysOf(id)).toMatchObject([{ kid: after?.kid, status: 'ACTIVE' }])

    const secret = await create(keys, 'hmac-generated', { secretSize: ['64'] })
    const [first] = await keysOf(secret.id)
    await put(secret.id, { config: { secret: ['AAAA'], kid: ['mine'] } })
    expect(await keysOf(secret.id)).toMatchObject([{ kid: first?.kid }])
    await put(secret.id, { config: { secretSize: ['32'] } })
    expect((await keysOf(secret.id))[0]?.kid).not.toBe(first?.kid)
  })

  it('keeps a key that was brought along, its id and its certificate', async () => {
    const pem = (type: 'rsa' | 'ec') =>
      type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
            .privateKey.export({ format: 'pem', type: 'pkcs8' })
            .toString()
        : generateKeyPairSync('ec', { namedCurve: 'P-256' })
            .privateKey.export({ format: 'pem', type: 'pkcs8' })
            .toString()
    const { id } = await create(keys, 'rsa', { privateKey: [pem('rsa')], kid: ['from-before'] })
    expect(await keysOf(id)).toMatchObject([{ kid: 'from-before', status: 'ACTIVE' }])
    const published = await fetch(`${server.realmUrl('components')}/protocol/openid-connect/certs`)
    expect(await published.text()).toContain('"from-before"')
    const { config } = await shown(id)
    expect(config['privateKey']).toEqual(['**********'])
    const [certificate = ''] = config['certificate'] ?? []
    expect((await put(id, { config })).status).toBe(204)
    expect(await keysOf(id)).toMatchObject([{ kid: 'from-before', status: 'ACTIVE' }])

    const other = { privateKey: [pem('rsa')], certificate: [certificate] }
    expect((await create(keys, 'rsa', other)).body).toEqual({
      errorMessage: 'Certificate does not match private key',
    })
    expect((await create(keys, 'rsa', { ...other, certificate: ['abc'] })).body).toEqual({
      errorMessage: 'Failed to decode certificate',
    })
    expect((await create(keys, 'rsa', { privateKey: [pem('ec')] })).body).toEqual({
      errorMessage: 'Failed to decode private key',
    })
  })

  it('gives a key to every provider that makes one', async () => {
    const algorithms = {
      'rsa-generated': 'RS256',
      'rsa-enc-generated': 'RSA-OAEP',
      'ecdsa-generated': 'ES256',
      'ecdh-generated': 'ECDH-ES',
      'eddsa-generated': 'EdDSA',
      'hmac-generated': 'HS256',
      'aes-generated': 'AES',
    }
    for (const [providerId, algorithm] of Object.entries(algorithms)) {
      const { id } = await create(keys, providerId, {})
      expect(await keysOf(id)).toMatchObject([{ algorithm, status: 'ACTIVE' }])
      expect((await shown(id)).config).not.toHaveProperty('privateKey')
    }
  })
})

describe('registration policies', () => {
  it.each([
    ['max-clients', { 'max-clients': ['abc'] }, "'Max Clients Per Realm' should be a number"],
    ['max-clients', {}, "'Max Clients Per Realm' is required"],
    ['trusted-hosts', {}, "'Host Sending Client Registration Request Must Match' is required"],
    [
      'trusted-hosts',
      {
        'host-sending-registration-request-must-match': ['false'],
        'client-uris-must-match': ['false'],
      },
      'At least one of hosts verification or client URIs validation must be enabled',
    ],
    [
      'allowed-client-templates',
      { 'allowed-client-scopes': ['nope'] },
      'Client scopes not allowed: [nope]',
    ],
  ])('%s is checked', async (providerId, config, errorMessage) => {
    const answer = await create(policies, providerId, config as Config, { subType: 'anonymous' })
    expect([answer.status, answer.body]).toEqual([400, { errorMessage }])
  })
})

const directory = {
  editMode: ['READ_ONLY'],
  vendor: ['ad'],
  usernameLDAPAttribute: ['sAMAccountName'],
  rdnLDAPAttribute: ['cn'],
  connectionUrl: ['ldap://localhost:1'],
  usersDn: ['dc=example'],
}

describe('an LDAP provider', () => {
  it('is stored without what says nothing, and brings its mappers', async () => {
    const { id } = await create(storage, 'ldap', {
      ...directory,
      connectionTimeout: [],
      keyTab: [''],
      bindCredential: ['bind-secret'],
    })
    const { config } = await shown(id)
    expect(config).toEqual({
      ...directory,
      bindCredential: ['**********'],
      krbPrincipalAttribute: ['userPrincipalName'],
    })
    const { body } = await admin.send(`${realm}/components?parent=${id}&type=${mappers}`)
    const made = body as Shown[]
    expect(made.map(({ name }) => name).toSorted()).toEqual([
      'Kerberos principal attribute mapper',
      'MSAD account controls',
      'creation date',
      'email',
      'full name',
      'last name',
      'modify date',
      'username',
    ])
    const username = made.find(({ name }) => name === 'username')
    expect(username?.config).toEqual({
      'ldap.attribute': ['sAMAccountName'],
      'is.mandatory.in.ldap': ['true'],
      'always.read.value.from.ldap': ['false'],
      'read.only': ['true'],
      'user.model.attribute': ['username'],
    })
    expect(
      (await put(id, { config: { bindCredential: ['**********'], vendor: ['ad'] } })).status,
    ).toBe(204)
    const stored = await server.database.query<{ secret: string }>(
      `SELECT config->'bindCredential'->>0 AS secret FROM component WHERE id = '${id}'`,
    )
    expect(stored).toEqual([{ secret: 'bind-secret' }])
    expect((await admin.send(`${realm}/components/${id}`, { method: 'DELETE' })).status).toBe(204)
    expect((await admin.send(`${realm}/components?parent=${id}`)).body).toEqual([])
  })

  it.each([
    [{ editMode: [] }, 'Edit Mode is mandatory'],
    [{ connectionTimeout: ['abc'] }, 'Connection Timeout must be a number'],
    [{ readTimeout: ['1.5'] }, 'Read Timeout must be a number'],
    [
      { customUserSearchFilter: ['foo'] },
      'Custom configured LDAP filter does not start with "(" or does not end with ")".',
    ],
    [
      { startTls: ['true'], connectionPooling: ['true'] },
      'Can not enable both StartTLS and connection pooling.',
    ],
    [
      { importEnabled: ['false'], editMode: ['UNSYNCED'] },
      'Can not disable Importing users when LDAP provider mode is UNSYNCED',
    ],
    [
      { connectionUrl: ['http://ldap'] },
      'Connection URL contains a URL with an unsupported scheme. Each URL must use the ldap:// or ldaps:// scheme.',
    ],
  ])('with %j is refused', async (more, errorMessage) => {
    const answer = await create(storage, 'ldap', { ...directory, ...(more as Config) })
    expect([answer.status, answer.body]).toEqual([400, { errorMessage }])
  })

  it.each([
    ['user-attribute-ldap-mapper', {}, 'Missing configuration for User Model Attribute'],
    ['group-ldap-mapper', { 'groups.dn': ['x'] }, 'Missing configuration for Mode'],
    [
      'hardcoded-ldap-role-mapper',
      { role: ['nope'] },
      'There is no role corresponding to configured value',
    ],
    ['hardcoded-ldap-group-mapper', {}, 'Group cant be null'],
  ])('checks its mapper %s', async (providerId, config, errorMessage) => {
    const answer = await create(mappers, providerId, config as Config)
    expect([answer.status, answer.body]).toEqual([400, { errorMessage }])
  })
})

describe('any component', () => {
  it('of an unknown provider is refused; a name or configuration without end is too', async () => {
    const unknown = { error: 'Invalid provider type or no such provider' }
    for (const [type, id] of [
      [keys, 'bogus'],
      ['bogus', 'rsa'],
      [keys, 'constructor'],
    ] as const) {
      expect((await create(type, id, {})).body).toEqual(unknown)
    }
    expect((await create(keys, 'aes-generated', {}, { name: 'n'.repeat(300) })).status).toBe(400)
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`m${n}`, ['x']]))
    expect((await create(keys, 'aes-generated', many)).status).toBe(400)
  })

  it('keeps an id that is no name of a path, and refuses it twice', async () => {
    const id = 'é\r\n/ü'
    const made = await create(keys, 'aes-generated', {}, { id })
    expect([made.status, decodeURIComponent(made.id)]).toEqual([201, id])
    expect((await create(keys, 'aes-generated', {}, { id })).status).toBe(409)
    const path = `${realm}/components/${encodeURIComponent(id)}`
    expect((await admin.send(path, { method: 'DELETE' })).status).toBe(204)
  })

  it('is changed by many at once, and no change is lost', async () => {
    const { id } = await create(policies, 'max-clients', { 'max-clients': ['64'] })
    const names = Array.from({ length: 6 }, (_, n) => `m${n}`)
    const answers = await Promise.all(names.map((name) => put(id, { config: { [name]: ['x'] } })))
    for (const answer of answers) expect(answer.status).toBe(204)
    expect(Object.keys((await shown(id)).config).toSorted()).toEqual(
      [...names, 'max-clients'].toSorted(),
    )
  })
})
