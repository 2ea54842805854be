import type { Database } from '../../database/database.ts'
import type { RemoteSingleUseObjects } from './remote-single-use-objects.ts'
import { SingleUseStore } from './single-use-store.ts'

/** Objects that count once in the whole cluster: used-markers, `jti` of assertions, action tokens, revoked tokens. */
export class SingleUseObjects {
  readonly #database: Database
  readonly #store = new SingleUseStore()
  readonly #remote: RemoteSingleUseObjects | null

  /** @param remote null = in SQL, where what was used is never forgotten */
  constructor(database: Database, remote: RemoteSingleUseObjects | null = null) {
    this.#database = database
    this.#remote = remote
  }

  /** @param expiresAt ms since the epoch @returns false when the id is there already and has not expired */
  async putIfAbsent(
    id: string,
    expiresAt: number,
    notes: Readonly<Record<string, unknown>> = {},
  ): Promise<boolean> {
    if (this.#remote !== null) return await this.#remote.putIfAbsent(id, expiresAt, notes)
    return await this.#store.insert(this.#database, id, notes, expiresAt)
  }

  /** Takes the object away; of many callers one gets it. @returns its notes, or null when it is gone or has expired */
  async consume(id: string): Promise<Record<string, unknown> | null> {
    if (this.#remote !== null) return await this.#remote.consume(id)
    const row = await this.#store.consume(this.#database, id)
    return row?.alive ? row.notes : null
  }

  /** @returns the notes of an object that is there and has not expired */
  async read(id: string): Promise<Record<string, unknown> | null> {
    if (this.#remote !== null) return await this.#remote.read(id)
    return await this.#store.read(this.#database, id)
  }

  /**
   * Changes the notes of an object.
   * @param from the notes as they were read
   * @returns false when somebody else was faster
   */
  async replace(
    id: string,
    from: Readonly<Record<string, unknown>>,
    to: Readonly<Record<string, unknown>>,
  ): Promise<boolean> {
    if (this.#remote !== null) return await this.#remote.replace(id, from, to)
    return await this.#store.replace(this.#database, id, from, to)
  }

  async has(id: string): Promise<boolean> {
    if (this.#remote !== null) return (await this.#remote.read(id)) !== null
    return await this.#store.present(this.#database, id)
  }
}

/** @returns the id under which a revoked token is remembered */
export function revokedTokenId(jti: string): string {
  return `revoked.${jti}`
}
