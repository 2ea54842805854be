import type { RealmKey } from '../keys/realm-key.ts'
import { isSignedBy, type UnverifiedToken } from './json-web-token.ts'

/** Longer tokens are verified each time: the memory is for the usual ones (2,000 of 1.5 kB). */
const charactersMax = 4_096

/**
 * Remembers which tokens a key has signed: applications show an access token again and again, and each time its signature
 * would take a twentieth of the time of making one (docs/operating/performance.md). A key belongs to one snapshot of its
 * realm, so nothing that is remembered outlives a change of the keys. Everything else about a token is looked at each time.
 */
export class ProvedSignatures {
  #recent = new Map<string, RealmKey>()
  #former = new Map<string, RealmKey>()
  readonly #tokensMax: number

  /** @param tokensMax tokens per generation, of which there are two */
  constructor(tokensMax = 1_000) {
    this.#tokensMax = tokensMax
  }

  /**
   * @param text the whole token
   * @returns as `isSignedBy`
   */
  isSignedBy(key: RealmKey, text: string, token: UnverifiedToken): boolean {
    if (this.#recent.get(text) === key) return true
    if (this.#former.get(text) !== key && !isSignedBy(key, token)) return false
    if (text.length <= charactersMax) this.#remember(key, text)
    return true
  }

  #remember(key: RealmKey, text: string): void {
    if (this.#recent.size >= this.#tokensMax) {
      this.#former = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(text, key)
  }
}
