import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { SecureContextOptions, TlsOptions } from 'node:tls'
import type { TlsSettings } from './http-settings.ts'

const versions: Readonly<Record<string, 'TLSv1.2' | 'TLSv1.3'>> = {
  'TLSv1.2': 'TLSv1.2',
  'TLSv1.3': 'TLSv1.3',
}

/** Certificate, key and rules of the encrypted listener; reads the files again from time to time, so that renewals need no restart. */
export class TlsMaterial implements Disposable {
  readonly options: TlsOptions
  readonly #settings: TlsSettings
  #timer: NodeJS.Timeout | undefined

  private constructor(settings: TlsSettings, options: TlsOptions) {
    this.#settings = settings
    this.options = options
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
        (context) => secure.setSecureContext(context),
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

async function readContext(settings: TlsSettings): Promise<SecureContextOptions> {
  const enabled = settings.protocols.flatMap((name) => versions[name] ?? [])
  return {
    cert: await readMaterial(settings.certificateFile),
    key: await readMaterial(settings.keyFile),
    ...(settings.trustStoreFile === undefined
      ? {}
      : { ca: await readMaterial(settings.trustStoreFile) }),
    ...(settings.cipherSuites === undefined ? {} : { ciphers: settings.cipherSuites }),
    minVersion: enabled.includes('TLSv1.2') ? 'TLSv1.2' : 'TLSv1.3',
    maxVersion: enabled.includes('TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2',
  }
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
