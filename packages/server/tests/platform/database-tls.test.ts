import { execFileSync } from 'node:child_process'
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
async function shownTo(
  options: readonly string[],
  kubernetes: readonly string[] = [],
): Promise<string> {
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
    const choice = databaseChoice(values, trustedPeers(values, home, kubernetes))
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

test('both may be PKCS#12 stores with passwords', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-key-'))
  const [keys, trust] = [join(folder, 'keys.p12'), join(folder, 'trust.p12')]
  const make = (...args: string[]) => execFileSync('openssl', ['pkcs12', '-export', ...args])
  const own = ['-in', node.certificateFile, '-inkey', node.keyFile]
  make(...own, '-out', keys, '-passout', 'pass:in')
  make('-nokeys', '-in', database.certificateFile, '-out', trust, '-passout', 'pass:out')
  const stores = (keyPassword: string, trustPassword: string) => [
    verified,
    ...[`--db-tls-trust-store-file=${trust}`, `--db-tls-trust-store-password=${trustPassword}`],
    ...['--db-tls-trust-store-type=PKCS12', '--db-mtls-key-store-type=PKCS12'],
    ...[`--db-mtls-key-store-file=${keys}`, `--db-mtls-key-store-password=${keyPassword}`],
  ]
  expect(await shownTo(stores('in', 'out'))).toBe('node')
  expect(await shownTo(stores('wrong', 'out'))).toBe('went away')
  await expect(shownTo(stores('in', 'wrong'))).rejects.toThrow(/password/)
  for (const type of ['db-tls-trust-store-type', 'db-mtls-key-store-type']) {
    await expect(shownTo([...stores('in', 'out'), `--${type}=JKS`])).rejects.toThrow(/keytool/)
  }
})

test("Kubernetes' authorities are believed unless that is switched off", async () => {
  const kubernetes = [database.certificateFile]
  expect(await shownTo([verified], kubernetes)).toBe('nobody')
  const off = '--truststore-kubernetes-enabled=false'
  expect(await shownTo([verified, off], kubernetes)).toBe('went away')
})

test('a database that takes the connection and says nothing is given up in time', async () => {
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const args = ['start', `--db-url=postgres://127.0.0.1:${port}/x`, '--db-connect-timeout=200ms']
  const { values, home } = loadConfiguration(args, { KC_HOME_DIR: '/nowhere' })
  const choice = databaseChoice(values, trustedPeers(values, home))
  if (choice.kind !== 'outside') throw new Error('expected an outside database')
  const begin = performance.now()
  await expect(DatabaseConnection.open(choice.settings)).rejects.toThrow(/timeout|in time/)
  // Three seconds unless it was said.
  expect(performance.now() - begin).toBeLessThan(2_900)
  silent.close()
})

test('a store that only Java reads stops the start with what to do', async () => {
  const store = join(mkdtempSync(join(tmpdir(), 'holdfast-key-')), 'old.jks')
  writeFileSync(store, Buffer.from('feedfeed00000002', 'hex'))
  await expect(shownTo([verified, `--db-mtls-key-store-file=${store}`])).rejects.toThrow(/keytool/)
})
