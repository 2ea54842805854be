import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'

/** Which types of credentials users have, best first, asked for at most once in a request. */
export class CredentialTypes {
  readonly #lookUp: (userId: UserId) => Promise<readonly string[]>
  readonly #known = new Map<string, Promise<readonly string[]>>()

  constructor(lookUp: (userId: UserId) => Promise<readonly string[]>) {
    this.#lookUp = lookUp
  }

  of({ id }: Pick<User, 'id'>): Promise<readonly string[]> {
    const known = this.#known.get(id) ?? this.#lookUp(id)
    this.#known.set(id, known)
    return known
  }

  /** Somebody has read them with something else. */
  learn({ id }: Pick<User, 'id'>, types: readonly string[]): void {
    this.#known.set(id, Promise.resolve(types))
  }
}
