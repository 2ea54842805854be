import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, TLSSocket } from 'node:tls'
import { afterAll, expect, test } from 'vitest'
import { databaseChoice } from '../../dist/config/database-address.js'
import { loadConfiguration } from '../../dist/config/sources.js'
import { trustedPeers } from '../../dist/config/trusted-peers.js'
import { DatabaseConnection } from '../../dist/database/connection.js'
import { TestCertificates } from '../harness/certificates.js'

const certificates = new TestCertificates()
const database = certificates.make('/CN=database')
const node = certificates.make('/CN=node')
afterAll(() => certificates[Symbol.dispose]())

/** What PostgreSQL's side of the handshake sees: the name that the client shows, or that it went away. */
async function shownTo(options: readonly string[]): Promise<string> {
  const server = createServer()
  const seen = new Promise<string>((resolve) => {
    server.once('connection', (socket) => {
      socket.once('data', () => {
        // SSLRequest (PostgreSQL's protocol, section 55.2.10): yes.
        socket.write('S')
        const secure = new TLSSocket(socket, {
          isServer: true,
          secureContext: createSecureContext({ cert: database.certificate, key: database.key }),
          requestCert: true,
          rejectUnauthorized: false,
        })
        secure.on('error', () => undefined)
        secure.once('close', () => resolve('went away'))
        secure.once('data', () => {
          resolve(String(secure.getPeerCertificate().subject?.CN ?? 'nobody'))
          secure.destroy()
        })
      })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    const { port } = server.address() as AddressInfo
    const args = ['start', `--db-url=postgres://127.0.0.1:${port}/x`, ...options]
    const { values, home } = loadConfiguration(args, { KC_HOME_DIR: '/nowhere' })
    const choice = databaseChoice(values, trustedPeers(values, home))
    if (choice.kind !== 'outside') throw new Error('expected an outside database')
    DatabaseConnection.open(choice.settings).catch(() => undefined)
    return await seen
  } finally {
    server.close()
  }
}

const verified = '--db-tls-mode=verify-server'
const trusted = `--db-tls-trust-store-file=${database.certificateFile}`

test('a database whose authority is trusted is spoken to, another one is not', async () => {
  expect(await shownTo([verified, trusted])).toBe('nobody')
  expect(await shownTo([verified])).toBe('went away')
  expect(await shownTo([verified, `--truststore-paths=${database.certificateFile}`])).toBe('nobody')
  expect(await shownTo([verified, `--db-tls-trust-store-file=${node.certificateFile}`])).toBe(
    'went away',
  )
})

test('the database may know this server by a certificate', async () => {
  const store = join(mkdtempSync(join(tmpdir(), 'holdfast-key-')), 'node.pem')
  writeFileSync(store, node.key + node.certificate)
  expect(await shownTo([verified, trusted, `--db-mtls-key-store-file=${store}`])).toBe('node')
})

test('a store that only Java reads stops the start with what to do', async () => {
  const store = join(mkdtempSync(join(tmpdir(), 'holdfast-key-')), 'old.jks')
  writeFileSync(store, Buffer.from('feedfeed00000002', 'hex'))
  await expect(shownTo([verified, `--db-mtls-key-store-file=${store}`])).rejects.toThrow(/keytool/)
})
