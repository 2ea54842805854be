import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { newClientCertificate } from './client-certificate.ts'
import { readPkcs12, writtenPkcs12 } from './pkcs12-file.ts'

const stock = { take: async () => generateKeyPairSync('rsa', { modulusLength: 2_048 }) }
const entry = { alias: 'App', password: 'secret' }

test('what is written is read again, whatever the case of the alias, and by nobody without the password', async () => {
  const made = await newClientCertificate('app', stock)
  const store = await writtenPkcs12(made, entry, [])
  expect(await readPkcs12(store, { ...entry, alias: 'app' })).toEqual(made)
  expect(await readPkcs12(store, { ...entry, alias: 'other' })).toBeNull()
  await expect(readPkcs12(store, { ...entry, password: 'wrong' })).rejects.toThrow('cannot be read')
  await expect(readPkcs12(Buffer.from('no store'), entry)).rejects.toThrow('cannot be read')
})

test('other programs read it: its key, its certificate and further certificates', async () => {
  const made = await newClientCertificate('app', stock)
  const other = await newClientCertificate('realm', stock)
  const store = await writtenPkcs12(made, entry, [other.certificate])
  const directory = mkdtempSync(join(tmpdir(), 'pkcs12-'))
  try {
    const file = join(directory, 'store.p12')
    writeFileSync(file, store)
    const text = execFileSync('openssl', [
      'pkcs12',
      '-in',
      file,
      '-passin',
      'pass:secret',
      '-nodes',
    ])
    expect(text.toString()).toMatch(/friendlyName: App/)
    expect(text.toString().match(/BEGIN CERTIFICATE/g)).toHaveLength(2)
    expect(text.toString()).toMatch(/BEGIN PRIVATE KEY/)
  } finally {
    rmSync(directory, { recursive: true })
  }
})
