import { randomBytes } from 'node:crypto'
import type { Database } from '../../../database/database.ts'
import type { SecretBox } from '../../../database/secret-box.ts'
import type { Clock } from '../../../shared/clock.ts'
import { randomBase64Url } from '../../../shared/random.ts'
import { type ClusterKeyRow, ClusterKeyStore } from './cluster-key-store.ts'

/** Bytes of a key for AES-256-GCM. */
const keyBytes = 32
const dayMs = 86_400_000
/** A key is followed by another one after this time. */
const rotationMs = 30 * dayMs
/** A new key is in the table this long before anybody seals with it, so that every node knows it by then. */
const publishMs = 120_000
/** How long what was read from the table is believed. */
const readAgainMs = 60_000
/** An id that is not known makes the table be read again, but not more often than this. */
const unknownReadMs = 1_000
/** A replaced key opens what it sealed for this long (the longest login timeout). */
const keptMs = dayMs

/** Which of the cluster's keys seal logins under way. */
export const loginStatePurpose = 'login-state'

export interface ClusterKey {
  readonly id: string
  readonly secret: Buffer
}

export interface ClusterKeysDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  readonly clock: Clock
  /** `login-state`: keys of different purposes never meet. */
  readonly purpose: string
}

interface Loaded {
  readonly at: number
  readonly rows: readonly ClusterKeyRow[]
  readonly keys: ReadonlyMap<string, ClusterKey>
}

/** Symmetric keys that all nodes share through the database, sealed at rest, two generations at a time. */
export class ClusterKeys {
  readonly #deps: ClusterKeysDeps
  readonly #store = new ClusterKeyStore()
  #loaded: Loaded | undefined
  #loading: Promise<Loaded> | undefined

  constructor(deps: ClusterKeysDeps) {
    this.#deps = deps
  }

  /** @returns the key to seal with now; the first call in the life of a cluster makes it */
  async current(): Promise<ClusterKey> {
    const now = this.#deps.clock.now()
    let loaded = this.#loaded
    if (loaded === undefined || now - loaded.at > readAgainMs) loaded = await this.#load()
    const active = loaded.rows.find(({ activeFrom }) => activeFrom <= now)
    if (active === undefined) {
      await this.#add(now)
      return this.#newest(await this.#load())
    }
    const newest = loaded.rows[0]
    if (newest !== undefined && now - newest.createdAt > rotationMs) {
      await this.#rotate(loaded, now)
    }
    return loaded.keys.get(active.id) ?? this.#newest(loaded)
  }

  /** @returns the key with this id, or undefined when no node has made it or it is too old */
  async byId(id: string): Promise<ClusterKey | undefined> {
    const now = this.#deps.clock.now()
    const known = this.#loaded?.keys.get(id)
    if (known !== undefined) return known
    if (this.#loaded !== undefined && now - this.#loaded.at < unknownReadMs) return undefined
    return (await this.#load()).keys.get(id)
  }

  /** Writes keys anew that are stored plain or under an earlier encryption key. */
  async reseal(): Promise<void> {
    const { database, secretBox, purpose } = this.#deps
    for (const { id, secret } of await this.#store.all(database, purpose)) {
      if (secretBox.isCurrent(secret)) continue
      const resealed = secretBox.seal(secretBox.open(secret))
      await this.#store.replaceSecret(database, id, secret, resealed)
    }
  }

  /** Two nodes may do this at once: then both keys are known everywhere, which harms nobody. */
  async #rotate(loaded: Loaded, now: number): Promise<void> {
    await this.#add(now + publishMs)
    const replaced = loaded.rows
      .slice(1)
      .filter(({ createdAt }) => now - createdAt > rotationMs + keptMs)
    if (replaced.length > 0) {
      const ids = replaced.map(({ id }) => id)
      await this.#store.remove(this.#deps.database, this.#deps.purpose, ids)
    }
    await this.#load()
  }

  async #add(activeFrom: number): Promise<void> {
    const { database, secretBox, clock, purpose } = this.#deps
    await this.#store.insert(database, purpose, {
      id: randomBase64Url(6),
      secret: secretBox.seal(randomBytes(keyBytes).toString('base64')),
      createdAt: clock.now(),
      activeFrom,
    })
  }

  #newest({ rows, keys }: Loaded): ClusterKey {
    const key = keys.get(rows[0]?.id ?? '')
    if (key === undefined) throw new Error('no cluster key could be made')
    return key
  }

  /** One read at a time, however many requests need it. */
  #load(): Promise<Loaded> {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  async #read(): Promise<Loaded> {
    const { database, secretBox, clock, purpose } = this.#deps
    const rows = await this.#store.all(database, purpose)
    const keys = new Map<string, ClusterKey>()
    for (const { id, secret } of rows) {
      keys.set(id, { id, secret: Buffer.from(secretBox.open(secret), 'base64') })
    }
    this.#loaded = { at: clock.now(), rows, keys }
    return this.#loaded
  }
}
