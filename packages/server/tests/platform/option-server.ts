import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer, type Server, type TLSSocket } from 'node:tls'
import { expect, inject, vi } from 'vitest'
import { type TestCertificate, TestCertificates } from '../harness/certificates.ts'
import { freePort } from '../harness/free-port.ts'
import { bootstrapAdmin, type ServerProcess, startServer } from '../harness/server-process.ts'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'

/** Where the main listener is: whoever counts connections by address is not disturbed by other tests. */
export const optionHost = '127.0.0.9'
export const connectionsMax = 7
export const tokenPath = '/realms/master/protocol/openid-connect/token'

/** An answer of the main port. */
export interface MainAnswer {
  readonly status: number | undefined
  readonly location: string | undefined
  readonly body: string
}

/** An answer of the management port; without a status where the handshake failed. */
export interface ManagementAnswer {
  readonly status?: number
  readonly subject?: string
  readonly cipher?: string
  readonly body: string
}

interface Sent {
  readonly form?: Record<string, string>
  readonly headers?: Record<string, string>
}

/**
 * One server with many options at once, each of which changes what can be seen from outside: over HTTP, in the log, the
 * metrics or the database.
 */
export class OptionServer implements AsyncDisposable {
  readonly certificates = new TestCertificates()
  /** Signed by the authority that the management port trusts. */
  readonly client: TestCertificate
  readonly stranger: TestCertificate
  /** PKCS#12, with the password `in`. */
  readonly keyStore: string
  readonly #management: TestCertificate
  readonly #trustStore: string
  readonly #receiver: Server
  #database: TestDatabase | undefined
  #server: ServerProcess | undefined
  #managementPort = 0
  #port = 0
  syslog = ''

  private constructor() {
    const authority = this.certificates.make('/CN=Authority')
    this.client = this.certificates.make('/CN=probe', authority)
    this.stranger = this.certificates.make('/CN=stranger')
    this.#management = this.certificates.make('/CN=management')
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-options-'))
    this.keyStore = join(folder, 'management.p12')
    this.#trustStore = join(folder, 'trust.p12')
    keyStoreOf(this.#management, this.keyStore)
    const trusted = ['-in', authority.certificateFile, '-out', this.#trustStore]
    execFileSync('openssl', [
      ...['pkcs12', '-export', '-nokeys', ...trusted],
      ...['-passout', 'pass:out'],
    ])
    // Its certificate names 127.0.0.1 and localhost, and it is reached by another address.
    const { key, certificate: cert } = this.#management
    this.#receiver = createTlsServer({ key, cert }, (socket) => {
      socket.setEncoding('utf8').on('data', (text: string) => {
        this.syslog += text
      })
      socket.on('error', () => undefined)
    })
  }

  static async start(): Promise<OptionServer> {
    const started = new OptionServer()
    await started.#open()
    return started
  }

  get database(): TestDatabase {
    if (this.#database === undefined) throw new Error('not started')
    return this.#database
  }
  get server(): ServerProcess {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server
  }
  get port(): number {
    return this.#port
  }
  get url(): string {
    return `http://${optionHost}:${this.#port}`
  }

  async #open(): Promise<void> {
    this.#database = await createDatabase(inject('postgresUrl'), {
      template: inject('templateName'),
    })
    this.#receiver.listen(0, '127.0.0.2')
    await once(this.#receiver, 'listening')
    const { port: syslogPort } = this.#receiver.address() as AddressInfo
    this.#managementPort = await freePort()
    this.#port = await freePort()
    this.#server = await startServer({
      port: this.#port,
      managementPort: this.#managementPort,
      waitUntilReady: false,
      options: [
        ...place(this.#database.url),
        ...this.#listenerOptions(),
        ...['--db-pool-min-size=12', '--db-pool-max-lifetime=1s'],
        ...['--db-log-slow-queries-threshold=100', '--transaction-default-timeout=1s'],
        ...['--metrics-enabled=true', '--http-metrics-histograms-enabled=true'],
        '--cache-metrics-histograms-enabled=true',
        ...['--hostname=https://id.test', '--hostname-admin=https://admin.test'],
        '--hostname-backchannel-dynamic=true',
        ...['--shutdown-delay=0s', '--shutdown-timeout=1s'],
        ...['--http-access-log-enabled=true', '--http-access-log-pattern=seen %{i,X-Own} %{c,own}'],
        ...['--http-access-log-masked-headers=X-Own', '--http-access-log-masked-cookies=own'],
        ...['--event-metrics-user-enabled=true', '--event-metrics-user-events=login'],
        ...['--log=console,syslog', '--log-syslog-protocol=ssl-tcp'],
        `--log-syslog-endpoint=127.0.0.2:${syslogPort}`,
        `--truststore-paths=${this.#management.certificateFile}`,
        '--tls-hostname-verifier=ANY',
        ...['--vault=keystore', '--vault-pass=changeit', '--vault-type=PKCS12'],
        `--vault-file=${join(import.meta.dirname, 'config-keystore.p12')}`,
        '--spi-vault--keystore--key-resolvers=KEY_ONLY',
        '--spi-user-sessions--infinispan--use-caches=true',
        '--cache-embedded-users-max-count=1',
        '--cache-embedded-authorization-max-count=1',
        '--cache-embedded-sessions-max-count=1',
        '--cache-embedded-client-sessions-max-count=1',
        '--cache-embedded-offline-sessions-max-count=1',
        '--cache-embedded-offline-client-sessions-max-count=1',
      ],
    })
    await vi.waitFor(
      async () => {
        const answer = await this.send('/health/ready').catch(() => undefined)
        expect(answer?.status, this.server.log).toBe(200)
      },
      { timeout: 60_000, interval: 100 },
    )
  }

  #listenerOptions(): string[] {
    return [
      ...[`--http-host=${optionHost}`, '--http-management-host=127.0.0.1'],
      ...['--health-enabled=true', '--http-management-health-enabled=false'],
      `--https-management-key-store-file=${this.keyStore}`,
      '--https-management-key-store-password=in',
      `--https-management-trust-store-file=${this.#trustStore}`,
      '--https-management-trust-store-password=out',
      '--https-management-trust-store-type=PKCS12',
      '--https-management-client-auth=required',
      '--https-management-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
      '--https-management-protocols=TLSv1.2',
      '--https-management-certificates-reload-period=1s',
      '--http-accept-non-normalized-paths=true',
      `--http-max-connections-per-address=${connectionsMax}`,
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.stop()
    this.#receiver.close()
    await this.#database?.[Symbol.asyncDispose]()
    this.certificates[Symbol.dispose]()
  }

  /** Asks on a connection of its own, which ends with the answer. */
  send(path: string, { form, headers = {} }: Sent = {}): Promise<MainAnswer> {
    return new Promise((resolve, reject) => {
      const body = form === undefined ? undefined : new URLSearchParams(form).toString()
      const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
      const at = { host: optionHost, port: this.#port, path, agent: false }
      const method = body === undefined ? 'GET' : 'POST'
      const all = { ...at, method, headers: { ...type, ...headers } }
      const sent = plainRequest(all, (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        answer.on('end', () =>
          resolve({ status: answer.statusCode, location: answer.headers.location, body: text }),
        )
      })
      sent.on('error', reject).end(body)
    })
  }

  /** The answer to a login of the first administrator. */
  async login(): Promise<{ access_token: string; refresh_token: string }> {
    const user = { username: bootstrapAdmin.username, password: bootstrapAdmin.password }
    const form = { grant_type: 'password', client_id: 'admin-cli', scope: 'openid', ...user }
    return JSON.parse((await this.send(tokenPath, { form })).body)
  }

  /** Asks the management port for metrics. */
  managed(certificate?: TestCertificate): Promise<ManagementAnswer> {
    return new Promise((resolve) => {
      const shown =
        certificate === undefined ? {} : { cert: certificate.certificate, key: certificate.key }
      const at = { host: '127.0.0.1', port: this.#managementPort, path: '/metrics', agent: false }
      const sent = tlsRequest({ ...at, ...shown, rejectUnauthorized: false }, (answer) => {
        const socket = answer.socket as TLSSocket
        const subject = String(socket.getPeerCertificate().subject.CN)
        const cipher = socket.getCipher().name
        let body = ''
        answer.setEncoding('utf8').on('data', (part: string) => {
          body += part
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, subject, cipher, body }))
      })
      sent.on('error', () => resolve({ body: '' })).end()
    })
  }

  async metrics(): Promise<string> {
    return (await this.managed(this.client)).body
  }
}

/** Puts key and certificate into a PKCS#12 store. */
export function keyStoreOf(certificate: TestCertificate, file: string): void {
  const material = ['-in', certificate.certificateFile, '-inkey', certificate.keyFile]
  execFileSync('openssl', ['pkcs12', '-export', ...material, '-out', file, '-passout', 'pass:in'])
}

/** The database by its parts; where it is reached by a socket of the file system, a property says so. */
function place(address: string): string[] {
  const { hostname, port, username, pathname, searchParams } = new URL(address)
  searchParams.set('ApplicationName', 'own-name')
  return [
    '--db=postgres',
    ...(hostname === '' ? [] : [`--db-url-host=${hostname}`]),
    ...(port === '' ? [] : [`--db-url-port=${port}`]),
    `--db-url-database=${pathname.slice(1)}`,
    `--db-username=${decodeURIComponent(username)}`,
    `--db-url-properties=?${searchParams}`,
  ]
}
