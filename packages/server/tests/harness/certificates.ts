import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A certificate with its key, as files and as PEM. */
export interface TestCertificate {
  readonly certificateFile: string
  readonly keyFile: string
  readonly certificate: string
  readonly key: string
  /** SHA-256 of the certificate, base64url. */
  readonly thumbprint: string
  /** DER, base64. */
  readonly der: string
}

/** Makes keys and certificates for tests of TLS, in a folder of its own. */
export class TestCertificates implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  #count = 0

  /**
   * @param subject as OpenSSL writes it: `/O=Acme/CN=app`
   * @param issuer who signs it; itself where left out
   */
  make(subject: string, issuer?: TestCertificate): TestCertificate {
    this.#count += 1
    const certificateFile = join(this.#folder, `${this.#count}.pem`)
    const keyFile = join(this.#folder, `${this.#count}.key`)
    const signer =
      issuer === undefined ? [] : ['-CA', issuer.certificateFile, '-CAkey', issuer.keyFile]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    const names = ['-subj', subject, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const files = ['-keyout', keyFile, '-out', certificateFile]
    const args = ['req', '-x509', ...curve, ...names, ...files, ...signer]
    execFileSync('openssl', args, { stdio: 'ignore' })
    const certificate = readFileSync(certificateFile, 'utf8')
    const { raw, fingerprint256 } = new X509Certificate(certificate)
    const digest = Buffer.from(fingerprint256.replaceAll(':', ''), 'hex')
    return {
      certificateFile,
      keyFile,
      certificate,
      key: readFileSync(keyFile, 'utf8'),
      thumbprint: digest.toString('base64url'),
      der: raw.toString('base64'),
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
