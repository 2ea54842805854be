import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync } from 'node:fs'
import { request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type ConnectionOptions,
  createServer as createTlsServer,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { TestCertificates } from '../harness/certificates.js'
import { freePort } from '../harness/free-port.js'
import { type ServerProcess, startServer } from '../harness/server-process.js'
import { createTestDatabase } from '../harness/test-server.js'

const certificates = new TestCertificates()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-stores-'))
const authority = certificates.make('/CN=Authority')
const client = certificates.make('/CN=app', authority)
const stranger = certificates.make('/CN=stranger')
const main = certificates.make('/CN=main')
const renewed = certificates.make('/CN=renewed')
const management = certificates.make('/CN=management')
const keyStore = join(folder, 'server.p12')
const trustStore = join(folder, 'trust.p12')
/** A syslog server whose certificate nobody knows but who is told to trust it. */
const syslogCertificate = certificates.make('/CN=syslog')
let syslog = ''
const receiver = createTlsServer(
  { key: syslogCertificate.key, cert: syslogCertificate.certificate },
  (socket) => {
    socket.setEncoding('utf8').on('data', (text: string) => {
      syslog += text
    })
    socket.on('error', () => undefined)
  },
)
let server: ServerProcess
let database: Awaited<ReturnType<typeof createTestDatabase>>
let httpsPort = 0
let managementPort = 0

/** Puts key and certificate into a PKCS#12 store. */
function keyStoreOf(certificate: typeof main, file: string): void {
  const material = ['-in', certificate.certificateFile, '-inkey', certificate.keyFile]
  execFileSync('openssl', ['pkcs12', '-export', ...material, '-out', file, '-passout', 'pass:in'])
}

beforeAll(async () => {
  keyStoreOf(main, keyStore)
  const trusted = ['-in', authority.certificateFile, '-out', trustStore, '-passout', 'pass:out']
  execFileSync('openssl', ['pkcs12', '-export', '-nokeys', ...trusted])
  database = await createTestDatabase()
  httpsPort = await freePort()
  managementPort = await freePort()
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  const { port: syslogPort } = receiver.address() as AddressInfo
  server = await startServer({
    databaseUrl: database.url,
    managementPort,
    waitUntilReady: false,
    options: [
      `--https-port=${httpsPort}`,
      `--https-key-store-file=${keyStore}`,
      '--https-key-store-password=in',
      '--https-key-store-type=PKCS12',
      `--https-trust-store-file=${trustStore}`,
      '--https-trust-store-password=out',
      '--https-trust-store-type=PKCS12',
      '--https-client-auth=required',
      '--https-protocols=TLSv1.2',
      '--https-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      '--https-certificates-reload-period=1s',
      `--https-management-certificate-file=${management.certificateFile}`,
      `--https-management-certificate-key-file=${management.keyFile}`,
      '--https-management-protocols=TLSv1.3',
      '--log=console,syslog',
      '--log-syslog-protocol=ssl-tcp',
      `--log-syslog-endpoint=localhost:${syslogPort}`,
      `--truststore-paths=${syslogCertificate.certificateFile}`,
    ],
  })
  await vi.waitFor(
    async () => expect((await ask(managementPort, '/health/ready')).status).toBe(200),
    { timeout: 30_000, interval: 100 },
  )
})

afterAll(async () => {
  await server.stop()
  receiver.close()
  await database[Symbol.asyncDispose]()
  certificates[Symbol.dispose]()
})

interface Answer {
  readonly status: number | undefined
  readonly subject: string | undefined
  readonly protocol: string | null
  readonly cipher: string
  readonly body: string
}

/** Asks once, and says by whom it was answered; status undefined = the handshake failed. */
function ask(port: number, path: string, options: ConnectionOptions = {}): Promise<Answer> {
  return new Promise((resolve) => {
    const all = { host: '127.0.0.1', port, path, agent: false, rejectUnauthorized: false }
    const sent = request({ ...all, ...(options as object) }, (answer) => {
      const socket = answer.socket as TLSSocket
      const peer = socket.getPeerCertificate() as DetailedPeerCertificate
      const seen = {
        status: answer.statusCode,
        subject: String(peer.subject.CN),
        protocol: socket.getProtocol(),
        cipher: socket.getCipher().name,
      }
      let body = ''
      answer.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      answer.on('end', () => resolve({ ...seen, body }))
    })
    sent.on('error', () =>
      resolve({ status: undefined, subject: undefined, protocol: null, cipher: '', body: '' }),
    )
    sent.end()
  })
}

const shown = ({ certificate: cert, key }: typeof main) => ({ cert, key })

test('keys come from a PKCS#12 store, and clients need a certificate of the trust store', async () => {
  expect(await ask(httpsPort, '/realms/master', shown(client))).toMatchObject({
    status: 200,
    subject: 'main',
    protocol: 'TLSv1.2',
    cipher: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  })
  expect((await ask(httpsPort, '/realms/master')).status).toBeUndefined()
  expect((await ask(httpsPort, '/realms/master', shown(stranger))).status).toBeUndefined()
  const newer = { ...shown(client), minVersion: 'TLSv1.3' } as const
  expect((await ask(httpsPort, '/realms/master', newer)).status).toBeUndefined()
})

test('the management port has a certificate and rules of its own, and asks for none', async () => {
  const answer = await ask(managementPort, '/metrics')
  expect(answer).toMatchObject({ status: 200, subject: 'management', protocol: 'TLSv1.3' })
  // It tells when the certificates of both end.
  const ends = answer.body.match(
    /^holdfast_certificate_expiry_seconds\{listener="\w+"\} [\d.e+]+$/gm,
  )
  expect(ends?.map((line) => /"(\w+)"/.exec(line)?.[1])).toEqual(['main', 'management'])
})

test('a syslog server is believed by the certificates of truststore-paths', async () => {
  await expect.poll(() => syslog, { timeout: 10_000 }).toContain('Listening on')
})

test('a store that was replaced counts without a restart', async () => {
  const next = join(folder, 'next.p12')
  keyStoreOf(renewed, next)
  copyFileSync(next, keyStore)
  const subject = async () => (await ask(httpsPort, '/realms/master', shown(client))).subject
  await expect.poll(subject, { timeout: 10_000 }).toBe('renewed')
})
