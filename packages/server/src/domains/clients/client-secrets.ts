import type { RealmSecrets } from '../realms/realm-secrets.ts'
import { isSealedMember, type SealedPlace } from '../realms/secret-members.ts'

type Members = Readonly<Record<string, unknown>>

/** The secrets of clients as their rows hold them: their own, the one before it, and private keys among their attributes. */
export class ClientSecrets {
  readonly #secrets: RealmSecrets

  constructor(secrets: RealmSecrets) {
    this.#secrets = secrets
  }

  /** @param stored what the row holds: its unreadable secrets stay where the client has none */
  seal<R extends Members>(representation: R, stored: Members = {}): R {
    return this.#mapped(representation, (place, members, at) => {
      const before = at === null ? stored : stored[at]
      return this.#secrets.sealMap(place, members, before)
    })
  }

  open<R extends Members>(representation: R): R {
    return this.#mapped(representation, (place, members) => this.#secrets.openMap(place, members))
  }

  /** @returns the representation with all secrets under the current key; null when they are already */
  reseal<R extends Members>(representation: R): R | null {
    let changed = false
    const resealed = this.#mapped(representation, (place, members) => {
      const next = this.#secrets.resealMap(place, members)
      changed ||= next !== null
      return next ?? members
    })
    return changed ? resealed : null
  }

  #mapped<R extends Members>(representation: R, work: Work): R {
    const next = withWorked('client', representation, null, work)
    const { attributes } = representation
    if (typeof attributes !== 'object' || attributes === null) return next
    return {
      ...next,
      attributes: withWorked('clientAttribute', attributes as Members, 'attributes', work),
    }
  }
}

type Work = (place: SealedPlace, secrets: Members, at: string | null) => Members

/** @returns the members in their order, with what became of the secret ones among them */
function withWorked<M extends Members>(
  place: SealedPlace,
  members: M,
  at: string | null,
  work: Work,
): M {
  const secrets = Object.entries(members).filter(([name]) => isSealedMember(place, name))
  const worked = work(place, Object.fromEntries(secrets), at)
  const next: Record<string, unknown> = { ...members, ...worked }
  for (const [name] of secrets) if (!Object.hasOwn(worked, name)) delete next[name]
  return next as M
}
