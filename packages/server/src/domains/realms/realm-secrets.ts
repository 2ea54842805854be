import type { SecretBox } from '../../database/secret-box.ts'
import { isSealedMember, type SealedPlace } from './secret-members.ts'

/**
 * A sealed secret inside a JSON document. An object, because everything that users write in its place is a text: nothing
 * that they can send is taken for something that was sealed here.
 */
export interface SealedSecret {
  readonly sealed: string
}

type Stored = string | SealedSecret
/** A component's configuration as its row holds it. */
export type StoredConfig = Readonly<Record<string, readonly Stored[]>>
type StoredMap = Readonly<Record<string, unknown>>

/** Told of a secret that no configured key opens. */
export type OnUnreadableSecret = (place: SealedPlace, name: string, error: unknown) => void

function isSealed(stored: unknown): stored is SealedSecret {
  return (
    typeof stored === 'object' &&
    stored !== null &&
    typeof (stored as { sealed?: unknown }).sealed === 'string'
  )
}

/**
 * Seals and opens the secrets inside realm settings and component configurations, member by member. One that cannot be opened
 * is as if it were not there, and does not harm anything else; it stays in its row until another takes its place.
 */
export class RealmSecrets {
  readonly #box: SecretBox
  readonly #onUnreadable: OnUnreadableSecret

  constructor(box: SecretBox, onUnreadable: OnUnreadableSecret = () => undefined) {
    this.#box = box
    this.#onUnreadable = onUnreadable
  }

  /** @param stored what the row holds: its unreadable secrets stay where `config` has none */
  sealComponent(config: Readonly<Record<string, readonly string[]>>, stored: StoredConfig = {}) {
    const sealed: Record<string, readonly Stored[]> = {}
    for (const [name, values] of Object.entries(stored)) {
      if (isSealedMember('component', name) && values.some((one) => this.#isUnreadable(one))) {
        sealed[name] = values
      }
    }
    for (const [name, values] of Object.entries(config)) {
      sealed[name] = isSealedMember('component', name)
        ? values.map((value) => this.#seal(value))
        : values
    }
    return sealed
  }

  openComponent(config: StoredConfig): Record<string, string[]> {
    const opened: Record<string, string[]> = {}
    for (const [name, values] of Object.entries(config)) {
      const texts = values.map((value) =>
        isSealedMember('component', name) ? this.#open('component', name, value) : textOf(value),
      )
      if (texts.every((text) => text !== undefined)) opened[name] = texts
    }
    return opened
  }

  /** @returns the configuration with all secrets under the current key; null when they are already */
  resealComponent(config: StoredConfig): StoredConfig | null {
    let changed = false
    const resealed = Object.entries(config).map(([name, values]) => {
      if (!isSealedMember('component', name)) return [name, values]
      return [
        name,
        values.map((stored) => {
          const next = this.#resealed(stored)
          changed ||= next !== stored
          return next
        }),
      ]
    })
    return changed ? Object.fromEntries(resealed) : null
  }

  /** @param stored as of `sealComponent` */
  sealMap(place: SealedPlace, members: StoredMap, stored: unknown = undefined): StoredMap {
    const sealed: Record<string, unknown> = {}
    for (const [name, value] of Object.entries((stored ?? {}) as StoredMap)) {
      if (isSealedMember(place, name) && this.#isUnreadable(value)) sealed[name] = value
    }
    for (const [name, value] of Object.entries(members)) {
      if (value === undefined || value === null) continue
      sealed[name] = isSealedMember(place, name) ? this.#seal(textOf(value)) : value
    }
    return sealed
  }

  openMap(place: SealedPlace, members: StoredMap): Record<string, unknown> {
    const opened = Object.entries(members).flatMap(([name, value]) => {
      if (!isSealedMember(place, name)) return [[name, value]]
      const readable = value === null ? undefined : this.#open(place, name, value)
      return readable === undefined ? [] : [[name, readable]]
    })
    return Object.fromEntries(opened)
  }

  /** As resealComponent. */
  resealMap(place: SealedPlace, members: StoredMap): StoredMap | null {
    let changed = false
    const resealed = Object.entries(members).map(([name, stored]) => {
      if (!isSealedMember(place, name)) return [name, stored]
      const next = this.#resealed(stored)
      changed ||= next !== stored
      return [name, next]
    })
    return changed ? Object.fromEntries(resealed) : null
  }

  #seal(plain: string): Stored {
    return this.#box.encrypts ? { sealed: this.#box.seal(plain) } : plain
  }

  #open(place: SealedPlace, name: string, stored: unknown): string | undefined {
    if (!isSealed(stored)) return textOf(stored)
    try {
      return this.#box.open(stored.sealed)
    } catch (error) {
      this.#onUnreadable(place, name, error)
      return undefined
    }
  }

  #isUnreadable(stored: unknown): boolean {
    if (!isSealed(stored)) return false
    try {
      this.#box.open(stored.sealed)
      return false
    } catch {
      return true
    }
  }

  #resealed(stored: unknown): unknown {
    if (!this.#box.encrypts) return stored
    if (!isSealed(stored)) return this.#seal(textOf(stored))
    if (this.#box.isCurrent(stored.sealed) || this.#isUnreadable(stored)) return stored
    return this.#seal(this.#box.open(stored.sealed))
  }
}

/** A secret is a text. What a document of another kind holds in its place is never taken for anything else. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
