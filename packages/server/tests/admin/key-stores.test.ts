import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { AdminSession } from './administrator.ts'

const realm = '/admin/realms/demo'
const directory = mkdtempSync(join(tmpdir(), 'key-stores-'))

let server: TestServer
let admin: AdminSession
let certificates: string

beforeAll(async () => {
  server = await startTestServer()
  admin = await AdminSession.open(server.url)
  const made = await admin.send(`${realm}/clients`, { method: 'POST', body: { clientId: 'keys' } })
  const id = made.headers.get('location')?.split('/').at(-1) ?? ''
  certificates = `${realm}/clients/${id}/certificates/jwt.credential`
})
afterAll(async () => {
  rmSync(directory, { recursive: true })
  await server[Symbol.asyncDispose]()
})

const store = { format: 'PKCS12', keyAlias: 'k', keyPassword: 'key-1', storePassword: 'store-1' }

async function fetched(path: string, body: object): Promise<{ status: number; content: Buffer }> {
  const answer = await fetch(`${server.url}${certificates}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: answer.status, content: Buffer.from(await answer.arrayBuffer()) }
}

async function uploaded(path: string, content: Buffer, password: string, format = 'PKCS12') {
  const form = new FormData()
  form.set('keystoreFormat', format)
  form.set('keyAlias', 'k')
  form.set('storePassword', password)
  form.set('keyPassword', password)
  form.set('file', new Blob([new Uint8Array(content)]), 'store.p12')
  const answer = await fetch(`${server.url}${certificates}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}` },
    body: form,
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, string> }
}

function keyIn(content: Buffer): string {
  const file = join(directory, 'store.p12')
  writeFileSync(file, content)
  const options = ['pkcs12', '-in', file, '-passin', 'pass:store-1', '-nodes', '-nocerts']
  return execFileSync('openssl', options).toString()
}

it('a generated key is handed out and not kept, but can be brought back', async () => {
  const made = await fetched('/generate-and-download', { ...store, keySize: 2048 })
  expect(made.status).toBe(200)
  expect(keyIn(made.content)).toMatch(/BEGIN PRIVATE KEY/)
  const kept = (await admin.send(certificates)).body as Record<string, string>
  expect(Object.keys(kept)).toEqual(['certificate'])

  const wrong = await uploaded('/upload', made.content, 'wrong')
  expect([wrong.status, wrong.body['error']]).toEqual([400, 'error loading keystore'])
  const java = await uploaded('/upload', made.content, 'store-1', 'JKS')
  expect(java.body['error_description']).toContain('keytool -importkeystore')
  expect((await admin.send(certificates)).body).toEqual(kept)

  const certificate = await uploaded('/upload-certificate', made.content, 'store-1')
  expect(certificate.body).toEqual({ certificate: kept['certificate'] })
  const both = await uploaded('/upload', made.content, 'store-1')
  expect(both.body).toMatchObject({ certificate: kept['certificate'] })
  const down = await fetched('/download', store)
  expect(keyIn(down.content)).toBe(keyIn(down.content))
  expect(keyIn(down.content).split('-----')[2]).toBe(keyIn(made.content).split('-----')[2])
})

it('sizes that are no keys, and stores of Java, are refused', async () => {
  expect((await fetched('/generate-and-download', { ...store, keySize: 512 })).status).toBe(400)
  const refused = await fetched('/download', { ...store, format: 'JKS' })
  expect(refused.status).toBe(406)
  expect(refused.content.toString()).toContain('keytool -importkeystore')
})
