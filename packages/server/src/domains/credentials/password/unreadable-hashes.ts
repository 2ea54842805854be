import type { Realm } from '../../realms/realm.ts'
import type { User } from '../../users/user.ts'
import type { Credential } from '../credential.ts'

/** Credentials of which the log has a line; then the oldest may be named again. */
const namedMax = 10_000

/** Names users who cannot sign in, since nobody here can compare a password with what is stored: once for each hash. */
export class UnreadableHashes {
  readonly #warn: (text: string) => void
  readonly #named = new Set<string>()

  constructor(warn: (text: string) => void) {
    this.#warn = warn
  }

  name(realm: Pick<Realm, 'name'>, user: Pick<User, 'username'>, credential: Credential): void {
    if (this.#named.has(credential.id)) return
    this.#named.add(credential.id)
    const [oldest] = this.#named
    if (this.#named.size > namedMax && oldest !== undefined) this.#named.delete(oldest)
    const algorithm = String(credential.credentialData['algorithm'] ?? 'none').slice(0, 100)
    this.#warn(
      `Realm ${realm.name}: user ${user.username} cannot sign in with a password until a new one is set: ` +
        `its hash cannot be read (algorithm ${algorithm})`,
    )
  }
}
