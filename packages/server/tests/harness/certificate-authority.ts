import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'

const configuration = `
[ca]
default_ca = own
[own]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
crlnumber = crlnumber
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 2
default_crl_days = 2
unique_subject = no
policy = any
x509_extensions = none
[any]
countryName = optional
organizationName = optional
organizationalUnitName = optional
commonName = optional
emailAddress = optional
[none]
basicConstraints = CA:FALSE
`

/** What openssl's authority has issued. */
export interface IssuedCertificate {
  readonly file: string
  readonly keyFile: string
  readonly certificate: X509Certificate
  /** DER, base64. */
  readonly der: string
}

/** An authority made with openssl, with its list of revoked certificates and a responder. */
export class CertificateAuthority implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'authority-'))
  #count = 0
  #responder: ChildProcess | undefined

  constructor() {
    this.#write('openssl.cnf', configuration)
    this.#write('index.txt', '')
    this.#write('serial', '8001\n')
    this.#write('crlnumber', '01\n')
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const files = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3']
    this.#openssl('req', '-x509', ...key, ...files, '-subj', '/O=Acme/CN=Test authority')
  }

  /** Certificate of the authority itself. */
  get file(): string {
    return join(this.#folder, 'ca.pem')
  }

  get folder(): string {
    return this.#folder
  }

  /**
   * @param subject as openssl writes it: `/O=Acme/CN=anna`
   * @param extensions lines of an openssl configuration: `keyUsage = critical,digitalSignature`
   */
  issue(
    subject: string,
    extensions: readonly string[] = [],
    options: readonly string[] = [],
  ): IssuedCertificate {
    this.#count += 1
    const name = `${this.#count}`
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    this.#openssl(
      'req',
      '-new',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      subject,
    )
    this.#write(`${name}.ext`, ['basicConstraints = CA:FALSE', ...extensions, ''].join('\n'))
    const files = ['-in', `${name}.csr`, '-out', `${name}.crt`, '-extfile', `${name}.ext`]
    this.#openssl('ca', '-config', 'openssl.cnf', '-batch', '-notext', ...files, ...options)
    const file = join(this.#folder, `${name}.crt`)
    const certificate = new X509Certificate(readFileSync(file))
    const keyFile = join(this.#folder, `${name}.key`)
    return { file, keyFile, certificate, der: certificate.raw.toString('base64') }
  }

  revoke({ file }: IssuedCertificate): void {
    this.#openssl('ca', '-config', 'openssl.cnf', '-revoke', file)
  }

  /** @returns the list of what was revoked so far, in PEM */
  list(options: readonly string[] = []): string {
    this.#openssl('ca', '-config', 'openssl.cnf', '-gencrl', '-out', 'list.pem', ...options)
    return readFileSync(join(this.#folder, 'list.pem'), 'utf8')
  }

  /** Starts openssl's responder. @returns its address */
  async respond(options: readonly string[] = []): Promise<string> {
    await this.silence()
    const port = await freePort()
    const signer = ['-rsigner', 'ca.pem', '-rkey', 'ca.key', '-CA', 'ca.pem']
    const args = ['ocsp', '-index', 'index.txt', '-port', String(port), ...signer, ...options]
    const responder = spawn('openssl', args, {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#responder = responder
    await once(responder.stdout, 'data')
    return `http://127.0.0.1:${port}/`
  }

  /** Stops the responder. */
  async silence(): Promise<void> {
    const responder = this.#responder
    this.#responder = undefined
    if (responder === undefined || responder.exitCode !== null) return
    responder.kill('SIGKILL')
    await once(responder, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.silence()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #write(name: string, content: string): void {
    writeFileSync(join(this.#folder, name), content)
  }

  #openssl(...args: string[]): void {
    execFileSync('openssl', args, { cwd: this.#folder, stdio: 'pipe' })
  }
}
