import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const keyType = 'org.keycloak.keys.KeyProvider'
const stores = resolve(import.meta.dirname, '../fixtures/key-stores')
const named = (alias: string, settings: Record<string, string> = {}) => ({
  keystore: 'realm-keys.p12',
  keystorePassword: 'storepw1',
  keyPassword: 'storepw1',
  keyAlias: alias,
  priority: '200',
  ...settings,
})
const listed = (config: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(config).map(([name, value]) => [name, [value]]))

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  const folder = join(server.server.home, 'data', 'stores')
  mkdirSync(join(folder, '..', 'other'), { recursive: true })
  cpSync(stores, folder, { recursive: true })
  cpSync(stores, join(folder, '..', 'other'), { recursive: true })
  writeFileSync(join(folder, 'junk.p12'), 'no store at all')
  writeFileSync(join(folder, 'large.p12'), Buffer.alloc(300_000))
  symlinkSync('../other/realm-keys.p12', join(folder, 'led-astray.p12'))
  admin = await AdminSession.open(server.url)
  const client = { clientId: 'app', secret: 's', serviceAccountsEnabled: true }
  await create({ realm: 'stores', enabled: true, clients: [client] })
})
afterAll(async () => await server?.[Symbol.asyncDispose]())

async function create(body: unknown): Promise<void> {
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
}

async function save(config: Readonly<Record<string, string>>, providerId = 'java-keystore') {
  return await admin.send('/admin/realms/stores/components', {
    method: 'POST',
    body: { name: 'stored', providerType: keyType, providerId, config: listed(config) },
  })
}

async function saved(config: Readonly<Record<string, string>>): Promise<string> {
  const made = await save(config)
  expect(made).toMatchObject({ status: 201 })
  return made.headers.get('location')?.split('/').at(-1) ?? ''
}

async function keysOf(realm: string): Promise<Record<string, string>[]> {
  const { body } = await admin.send(`/admin/realms/${realm}/keys`)
  return (body as { keys: Record<string, string>[] }).keys
}

async function tokenOf(clientId = 'app'): Promise<string> {
  const response = await fetch(`${server.realmUrl('stores')}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: 's',
    }),
  })
  return ((await response.json()) as { access_token: string }).access_token
}

it.each([
  ['rsa', {}, 'RS256'],
  ['rsa', { algorithm: 'PS512' }, 'PS512'],
  ['ec', { algorithm: 'ES256', keystoreType: 'PKCS12' }, 'ES256'],
  // Java reads PKCS#12 under this name too.
  ['x25519', { algorithm: 'ES384', keystoreType: 'JKS' }, 'ES384'],
  ['ED', { algorithm: 'EdDSA' }, 'EdDSA'],
])(
  'a key %s of a store signs, and its public half is published (%j)',
  async (alias, settings, alg) => {
    const id = await saved(named(alias, settings))
    const key = (await keysOf('stores')).find(({ providerId }) => providerId === id)
    expect(key).toMatchObject({ algorithm: alg, use: 'SIG', status: 'ACTIVE' })
    expect(key?.['certificate']).toMatch(/^MII|^MIH/)
    const client = await admin.send('/admin/realms/stores/clients?clientId=app')
    const [app] = client.body as { id: string; attributes: Record<string, string> }[]
    const attributes = { ...app?.attributes, 'access.token.signed.response.alg': alg }
    await admin.send(`/admin/realms/stores/clients/${app?.id}`, {
      method: 'PUT',
      body: { ...app, attributes },
    })
    const certificates = `${server.realmUrl('stores')}/protocol/openid-connect/certs`
    const verified = await jwtVerify(await tokenOf(), createRemoteJWKSet(new URL(certificates)))
    expect(verified.protectedHeader).toMatchObject({ alg, kid: key?.['kid'] })
    await admin.send(`/admin/realms/stores/components/${id}`, { method: 'DELETE' })
  },
)

it('secrets and keys for encryption of a store are keys of the realm, passwords never shown', async () => {
  const cases = [
    ['hs', 'HS256', 'sig'],
    ['aes', 'AES', 'enc'],
    ['rsa', 'RSA-OAEP', 'enc'],
    ['ec', 'ECDH-ES', 'enc'],
  ] as const
  for (const [alias, algorithm, keyUse] of cases) {
    const id = await saved(named(alias, { algorithm, keyUse }))
    const key = (await keysOf('stores')).find(({ providerId }) => providerId === id)
    expect(key).toMatchObject({ algorithm, use: keyUse.toUpperCase(), status: 'ACTIVE' })
    const shown = await admin.send(`/admin/realms/stores/components/${id}`)
    expect(shown.body).toMatchObject({
      config: { keyAlias: [alias], keystorePassword: ['**********'], keyPassword: ['**********'] },
    })
  }
})

// What Keycloak says, but for folders of the machine and what only Java reads.
it.each([
  [{ keyAlias: '' }, "'Key Alias' is required"],
  [{ keyAlias: 'nope' }, 'Alias nope does not exists in the keystore.'],
  [{ algorithm: 'ES256' }, 'Invalid ES256 key for alias rsa. Algorithm is RSA.'],
  [{ algorithm: 'HS256' }, 'Invalid HS256 key for alias rsa.'],
  [{ algorithm: 'ES256', keyAlias: 'x25519' }, 'Invalid ES256 key for alias x25519.'],
  [{ algorithm: 'RSA-OAEP' }, 'Invalid use sig for algorithm RSA-OAEP.'],
  [{ algorithm: 'RSA-OAEP', keyUse: 'x' }, 'Invalid use x for algorithm RSA-OAEP.'],
  [{ algorithm: 'XX' }, 'Keys for algorithm XX are not supported.'],
  [{ algorithm: 'RSA1_5', keyUse: 'enc' }, 'Keys for algorithm RSA1_5 are not supported.'],
  [{ keystorePassword: 'storepw2' }, 'the password is wrong'],
  [{ keyPassword: 'storepw2' }, 'the password of the key is wrong'],
  [{ keystoreType: 'ZZ' }, 'ZZ not found'],
  [{ keystoreType: 'BCFKS' }, 'keytool -importkeystore'],
  [{ keystore: 'realm-keys.jks' }, 'keytool -importkeystore'],
  [{ keystore: 'junk.p12' }, 'it is no PKCS#12 store'],
  [{ keystore: 'large.p12' }, 'large.p12 has more than'],
  [{ keystore: 'gone.p12' }, 'File not found on server. gone.p12'],
  [{ keystore: 'toString' }, 'File not found on server. toString'],
  [{ keystore: '../other/realm-keys.p12' }, 'is not under the realm directory'],
  [{ keystore: '.' }, 'is not under the realm directory'],
  [{ keystore: '/etc/passwd' }, 'is not under the realm directory'],
  [{ keystore: '/dev/zero' }, 'is not under the realm directory'],
  [{ keystore: 'led-astray.p12' }, 'is not under the realm directory'],
])('a store that does not give its key is refused when it is saved: %j', async (settings, text) => {
  const { status, body } = await save(named('rsa', settings as Record<string, string>))
  expect(status).toBe(400)
  const { errorMessage } = body as { errorMessage: string }
  expect(errorMessage).toContain(text)
  expect(errorMessage).not.toContain(server.server.home)
})

it('a realm whose store is not there comes in without that key, which is named', async () => {
  const config = listed(named('rsa', { keystore: 'gone.p12' }))
  const component = { name: 'stored', providerId: 'java-keystore', config }
  await create({ realm: 'storeless', enabled: true, components: { [keyType]: [component] } })
  expect(server.server.log).toContain(
    'Realm storeless: component stored gives no key: Failed to load keys. File not found on server. gone.p12',
  )
  expect((await keysOf('storeless')).filter(({ algorithm }) => algorithm === 'RS256')).toEqual([])
})

it('what would be encrypted in a way that nothing here does is refused when it is saved', async () => {
  const enc = await save({ algorithm: 'RSA1_5' }, 'rsa-enc-generated')
  expect(enc).toMatchObject({
    status: 400,
    body: { errorMessage: expect.stringContaining('RSA1_5 are not supported') },
  })
  const attributes = { 'id.token.encrypted.response.alg': 'RSA1_5' }
  const client = { method: 'POST', body: { clientId: 'old', attributes } }
  expect(await admin.send('/admin/realms/stores/clients', client)).toMatchObject({ status: 400 })
})
