import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Client } from '../../clients/client.ts'
import type { AdminTrace } from '../../events/admin-event.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { ClientScope, Realm } from '../../realms/realm.ts'
import type { EndedSession } from '../../sessions/session-verbs.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { ClientUuid, UserId } from '../../typed-ids.ts'
import { userDetailsChanged } from '../../users/user-events.ts'
import { ConsentStore, type GrantedConsent } from './consent-store.ts'

/** A scope, or the client itself, that a user is asked for. */
export interface ConsentItem {
  /** What is remembered. */
  readonly name: string
  /** What the page says; `${key}` is looked up. */
  readonly text: string
}

export interface ConsentsDeps {
  readonly database: Database
  readonly clock: Clock
  readonly sessions: Pick<Sessions, 'endClientOfUserIn'>
}

/** What users let clients have. */
export class Consents {
  readonly #database: Database
  readonly #clock: Clock
  readonly #sessions: ConsentsDeps['sessions']
  readonly #store = new ConsentStore()

  constructor({ database, clock, sessions }: ConsentsDeps) {
    this.#database = database
    this.#clock = clock
    this.#sessions = sessions
  }

  /** What a user has granted, by client. */
  async ofUser(realm: Realm, userId: UserId): Promise<GrantedConsent[]> {
    return await this.#store.ofUser(this.#database, realm.id, userId)
  }

  /**
   * Takes back what a user granted to a client. The client leaves all sessions of the user, its offline tokens end.
   * @returns the sessions that it left
   * @throws ModelError `missing` when there was neither a consent nor an offline token
   */
  async revoke(
    realm: Realm,
    userId: UserId,
    clientUuid: ClientUuid,
    trace?: AdminTrace,
  ): Promise<EndedSession[]> {
    return await this.#database.transaction(async (tx) => {
      const revoked = await this.#store.revoke(tx, userId, clientUuid)
      const left = await this.#sessions.endClientOfUserIn(tx, realm, userId, clientUuid)
      if (!revoked && !left.some(({ session }) => session.offline)) {
        throw new ModelError('missing', 'Consent nor offline token not found')
      }
      tx.append([userDetailsChanged(userId)])
      await trace?.(tx)
      return left
    })
  }

  /**
   * @param scopes that the request asks for
   * @returns what the user has to be asked for, in the order of the page; empty when nothing is missing
   */
  async missing(
    client: Client,
    userId: UserId,
    scopes: readonly ClientScope[],
  ): Promise<ConsentItem[]> {
    if (client.representation.consentRequired !== true) return []
    const items = consentItems(client, scopes)
    if (items.length === 0) return []
    const granted = new Set(await this.#store.granted(this.#database, userId, client.id))
    return items.filter(({ name }) => !granted.has(name))
  }

  /** Everything that the request is about, whatever was granted before. */
  all(client: Client, scopes: readonly ClientScope[]): ConsentItem[] {
    return consentItems(client, scopes)
  }

  async grant(client: Client, userId: UserId, names: readonly string[]): Promise<void> {
    await this.#database.transaction(async (tx) => {
      tx.append([userDetailsChanged(userId)])
      await this.#store.grant(tx, userId, client.id, names, this.#clock.now())
    })
  }
}

/** Scopes that want to be asked for, by their `gui.order`; the client is one where it says so. */
function consentItems(client: Client, scopes: readonly ClientScope[]): ConsentItem[] {
  const own = client.representation.attributes ?? {}
  const asked = scopes
    .filter(({ attributes }) => attributes['display.on.consent.screen'] !== 'false')
    .map(({ name, attributes }) => ({
      name,
      text: attributes['consent.screen.text'] || name,
      order: orderOf(attributes['gui.order']),
    }))
  if (own['display.on.consent.screen'] === 'true') {
    asked.push({
      name: client.clientId,
      text: own['consent.screen.text'] || client.clientId,
      order: orderOf(own['gui.order']),
    })
  }
  return asked.sort((a, b) => a.order - b.order).map(({ name, text }) => ({ name, text }))
}

function orderOf(text: string | undefined): number {
  const order = Number.parseInt(text ?? '', 10)
  return Number.isNaN(order) ? Number.MAX_SAFE_INTEGER : order
}
