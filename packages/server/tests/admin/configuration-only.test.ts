import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const keyType = 'org.keycloak.keys.KeyProvider'
const keystore = {
  keystore: ['/opt/keys.p12'],
  keystorePassword: ['pw'],
  keyAlias: ['realm'],
  keyPassword: ['pw'],
}

let server: TestServer
let admin: AdminSession

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  await create({ realm: 'idle', enabled: true })
})
afterAll(async () => await server[Symbol.asyncDispose]())

async function create(body: unknown): Promise<void> {
  expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
}

async function keysFrom(realm: string, id: string): Promise<unknown[]> {
  const { body } = await admin.send(`/admin/realms/${realm}/keys`)
  return (body as { keys: { providerId: string }[] }).keys.filter((key) => key.providerId === id)
}

it('keys of a Java keystore are stored and listed, give no key, and are named in the log', async () => {
  const send = async (config: Record<string, string[]>) =>
    await admin.send('/admin/realms/idle/components', {
      method: 'POST',
      body: { name: 'stored', providerType: keyType, providerId: 'java-keystore', config },
    })
  const { keyAlias: _, ...incomplete } = keystore
  expect(await send(incomplete)).toMatchObject({
    status: 400,
    body: { errorMessage: "'Key Alias' is required" },
  })
  const made = await send(keystore)
  expect(made.status).toBe(201)
  const id = made.headers.get('location')?.split('/').at(-1) ?? ''
  const shown = await admin.send(`/admin/realms/idle/components/${id}`)
  expect(shown.body).toMatchObject({ providerId: 'java-keystore', config: { keyAlias: ['realm'] } })
  expect(await keysFrom('idle', id)).toEqual([])
  const line = 'component stored (java-keystore) is configuration only: it gives the realm no key'
  expect(server.server.log).toContain(`Realm idle: ${line}`)

  const imported = { name: 'stored', providerId: 'java-keystore', config: keystore }
  await create({ realm: 'idle-keys', enabled: true, components: { [keyType]: [imported] } })
  expect(server.server.log).toContain(`Realm idle-keys: ${line}`)
})
