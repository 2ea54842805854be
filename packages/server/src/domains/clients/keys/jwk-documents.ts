import type { JSONWebKeySet } from 'jose'
import type { Clock } from '../../../shared/clock.ts'
import { keySetOf } from './jwk-set.ts'

/** How long a document counts without being read again. */
const freshMs = 3_600_000
/** A document is not read more often than this, whatever is asked for. */
const pauseMs = 10_000
/** Documents that are remembered unless the deps say otherwise. */
const usualDocumentsMax = 1_000

export interface JwkDocumentsDeps {
  readonly clock: Clock
  /** Reads a document, with limits of its own. */
  readonly fetchText: (url: string) => Promise<string>
  /** Told which document could not be read, and why. */
  readonly onFailure: (url: string, reason: string) => void
  /** Documents that are remembered; beyond it the one used longest ago is forgotten. */
  readonly documentsMax?: number | undefined
}

interface Known {
  keys: JSONWebKeySet | null
  /** When it was read, or reading it failed: ms since the epoch. */
  triedAt: number
  readAt: number
  reading: Promise<void> | null
}

/** JWK sets that clients publish, kept for a while and read again for a key that is not known, at most once in ten seconds. */
export class JwkDocuments {
  readonly #deps: JwkDocumentsDeps
  readonly #known = new Map<string, Known>()

  constructor(deps: JwkDocumentsDeps) {
    this.#deps = deps
  }

  /**
   * @param anew reads it again unless that was done just now
   * @returns the keys as last read; null when they could never be read
   */
  async of(url: string, anew: boolean): Promise<JSONWebKeySet | null> {
    const known = this.#entry(url)
    const now = this.#deps.clock.now()
    const stale = known.keys === null || now - known.readAt >= freshMs
    if ((anew || stale) && now - known.triedAt >= pauseMs) {
      known.reading ??= this.#read(url, known).finally(() => {
        known.reading = null
      })
    }
    await known.reading
    return known.keys
  }

  #entry(url: string): Known {
    const entry = this.#known.get(url) ?? {
      keys: null,
      triedAt: Number.NEGATIVE_INFINITY,
      readAt: 0,
      reading: null,
    }
    this.#known.delete(url)
    this.#known.set(url, entry)
    if (this.#known.size > (this.#deps.documentsMax ?? usualDocumentsMax)) {
      const [oldest] = this.#known.keys()
      if (oldest !== undefined) this.#known.delete(oldest)
    }
    return entry
  }

  async #read(url: string, known: Known): Promise<void> {
    known.triedAt = this.#deps.clock.now()
    try {
      known.keys = keySetOf(await this.#deps.fetchText(url))
      known.readAt = known.triedAt
    } catch (error) {
      this.#deps.onFailure(url, error instanceof Error ? error.message : String(error))
    }
  }
}
