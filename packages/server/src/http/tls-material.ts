import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import { pkcs12Certificates } from '@holdfast/cluster'
import { isPem, outdatedKind, pemCertificates, pemKey } from '../key-stores/store-content.ts'
import type { StorePlace } from '../key-stores/store-place.ts'
import { trustedCertificates } from '../key-stores/trusted-certificates.ts'
import type { KeyMaterial, TlsSettings } from './http-settings.ts'

const versions: Readonly<Record<string, 'TLSv1.2' | 'TLSv1.3'>> = {
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
}

/**
 * Suites that are spoken unless others are named: all of TLS 1.3, and of TLS 1.2 those that RFC 9325 §4.2 recommends, the only
 * ones of today's that FAPI allows too.
 */
const usualSuites = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':')

/** Certificate, key and rules of the encrypted listener; reads the files again from time to time, so that renewals need no restart. */
export class TlsMaterial implements Disposable {
  readonly options: TlsOptions
  readonly #settings: TlsSettings
  #timer: NodeJS.Timeout | undefined
  #endsAtMs: number | undefined

  private constructor(settings: TlsSettings, options: TlsOptions) {
    this.#settings = settings
    this.options = options
    this.#endsAtMs = endOf(options, settings)
  }

  /** When the certificate in use ends, in milliseconds since the epoch; undefined where the store does not tell. */
  get endsAtMs(): number | undefined {
    return this.#endsAtMs
  }

  /** @throws Error naming the file that cannot be read */
  static async load(settings: TlsSettings): Promise<TlsMaterial> {
    return new TlsMaterial(settings, {
      ...(await readContext(settings)),
      requestCert: settings.clientAuth !== 'none',
      rejectUnauthorized: settings.clientAuth === 'required',
    })
  }

  /** Keeps the certificate of a listening server current. */
  follow(server: Server): void {
    const { reloadPeriodMs } = this.#settings
    if (reloadPeriodMs <= 0) return
    const secure = server as unknown as { setSecureContext(options: SecureContextOptions): void }
    this.#timer = setInterval(() => {
      readContext(this.#settings).then(
        (context) => {
          secure.setSecureContext(context)
          this.#endsAtMs = endOf(context, this.#settings)
        },
        // A renewal in progress: the certificate in use stays until the next look.
        () => undefined,
      )
    }, reloadPeriodMs)
    this.#timer.unref()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}

function endOf({ cert, pfx }: SecureContextOptions, { keys }: TlsSettings): number | undefined {
  try {
    const password = 'store' in keys ? (keys.store.password ?? '') : ''
    const pem = pfx instanceof Buffer ? pkcs12Certificates(pfx, password)[0] : cert
    return pem === undefined ? undefined : Date.parse(new X509Certificate(String(pem)).validTo)
  } catch {
    // A store in an encryption that only OpenSSL knows: it serves all the same.
    return undefined
  }
}

async function readContext(settings: TlsSettings): Promise<SecureContextOptions> {
  const enabled = settings.protocols.flatMap((name) => versions[name] ?? [])
  const context: SecureContextOptions = {
    ...(await readKeys(settings.keys)),
    ...(settings.trustStore === undefined ? {} : { ca: await readTrusted(settings.trustStore) }),
    ciphers: settings.cipherSuites ?? usualSuites,
    minVersion: enabled.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: enabled.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
  }
  try {
    // Says now what is wrong with them, and not at the first handshake.
    createSecureContext(context)
  } catch (error) {
    const place = 'store' in settings.keys ? settings.keys.store.file : settings.keys.keyFile
    throw new Error(`Failed to load 'https-*' material: ${place}: ${reasonOf(error)}`)
  }
  return context
}

async function readKeys(keys: KeyMaterial): Promise<SecureContextOptions> {
  if (!('store' in keys)) {
    return { cert: await readMaterial(keys.certificateFile), key: await readMaterial(keys.keyFile) }
  }
  const { file, password } = keys.store
  const content = await readMaterial(file)
  const outdated = outdatedKind(content)
  if (outdated !== undefined)
    throw new Error(`Failed to load 'https-*' material: ${file}: ${outdated}`)
  const passphrase = password === undefined ? {} : { passphrase: password }
  if (!isPem(content)) return { pfx: content, ...passphrase }
  const key = pemKey(content)
  const cert = pemCertificates(content).join('\n')
  if (key !== undefined && cert !== '') return { key, cert, ...passphrase }
  throw new Error(
    `Failed to load 'https-*' material: ${file} needs a private key and its certificate`,
  )
}

async function readTrusted({ file, password }: StorePlace): Promise<string[]> {
  const content = await readMaterial(file)
  try {
    return trustedCertificates(content, password)
  } catch (error) {
    throw new Error(`Failed to load 'https-*' material: ${file}: ${(error as Error).message}`)
  }
}

function reasonOf(error: unknown): string {
  const { message } = error as Error
  return /mac verify failure|bad decrypt/i.test(message) ? 'the password is wrong' : message
}

async function readMaterial(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (error) {
    throw new Error(
      `Failed to load 'https-*' material: ${(error as NodeJS.ErrnoException).code} ${file}`,
    )
  }
}
