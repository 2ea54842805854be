import type { TlsSettings } from './http-settings.ts'
import { TlsMaterial } from './tls-material.ts'

/** Tells when the certificate of a listener ends that another process may hold, from the same files and as often as that one. */
export class CertificateWatch implements Disposable {
  readonly #settings: TlsSettings
  #endsAtMs: number | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(settings: TlsSettings) {
    this.#settings = settings
  }

  /** @throws Error naming the file that cannot be read */
  static async open(settings: TlsSettings): Promise<CertificateWatch> {
    const watch = new CertificateWatch(settings)
    await watch.#look()
    const { reloadPeriodMs } = settings
    if (reloadPeriodMs > 0) {
      // A renewal in progress: what was known stays until the next look.
      watch.#timer = setInterval(() => watch.#look().catch(() => undefined), reloadPeriodMs)
      watch.#timer.unref()
    }
    return watch
  }

  /** In milliseconds since the epoch; undefined where the store does not tell. */
  get endsAtMs(): number | undefined {
    return this.#endsAtMs
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  async #look(): Promise<void> {
    using material = await TlsMaterial.load(this.#settings)
    this.#endsAtMs = material.endsAtMs
  }
}
