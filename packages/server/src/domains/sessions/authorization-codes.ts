import type { Database } from '../../database/database.ts'
import { type Clock, epochSeconds } from '../../shared/clock.ts'
import type { Client } from '../clients/client.ts'
import type { Keys } from '../keys/keys.ts'
import type { Realm } from '../realms/realm.ts'
import { newAuthorizationCode, readAuthorizationCode } from './authorization-code-id.ts'
import { clientWrite } from './client-write.ts'
import type { AuthorizationCode } from './session.ts'
import { sessionChanged } from './session-events.ts'
import { isSessionValid } from './session-lifetimes.ts'
import type { SessionStore } from './session-store.ts'
import type { LoginToComplete, RedeemedCode } from './session-verbs.ts'
import { SingleUseStore } from './single-use-store.ts'

export interface AuthorizationCodesDeps {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly store: SessionStore
  /** Whether owners keep copies that have to hear of changes. */
  readonly announces: boolean
}

/** Authorization codes (RFC 6749 §4.1): made with a login's session, redeemed once. */
export class AuthorizationCodes {
  readonly #deps: AuthorizationCodesDeps
  readonly #objects = new SingleUseStore()

  constructor(deps: AuthorizationCodesDeps) {
    this.#deps = deps
  }

  /** @returns the code's text, and the id of the row that the login has to write */
  issue(login: LoginToComplete, sessionId: string) {
    const ring = this.#deps.keys.ring(login.realm)
    const issuedAt = epochSeconds(this.#deps.clock)
    return newAuthorizationCode(ring, login.realm.id, sessionId, login.clientUuid, issuedAt)
  }

  /** See Sessions.redeem. */
  async redeem(
    realm: Realm,
    text: string,
    client: Client,
    check: (code: AuthorizationCode) => string | null,
  ): Promise<RedeemedCode> {
    const id = readAuthorizationCode(this.#deps.keys.ring(realm), realm.id, text)
    if (!id) return { outcome: 'unknown' }
    const now = this.#deps.clock.now()
    if (now >= (id.issuedAt + realm.settings.accessCodeLifespan + 1) * 1_000) {
      return { outcome: 'expired' }
    }
    return await this.#deps.database.transaction(async (tx): Promise<RedeemedCode> => {
      const row = await this.#objects.consume(tx, id.rowId)
      if (!row) {
        if (id.clientUuid === client.id) {
          await this.#deps.store.deleteClientSession(tx, id.sessionId, false, client.id)
          tx.append([sessionChanged(id.sessionId)])
        }
        return { outcome: 'replayed' }
      }
      if (!row.alive) return { outcome: 'expired' }
      const stored = row.notes as Pick<AuthorizationCode, 'redirectUri' | 'notes'>
      const { sessionId, clientUuid } = id
      const code: AuthorizationCode = { realmId: realm.id, sessionId, clientUuid, ...stored }
      const problem = check(code)
      if (problem !== null) return { outcome: 'mismatch', detail: problem }
      const session = { offline: false, rememberMe: false }
      const write = clientWrite(realm, client, code.notes, session, now)
      // Only copies need to hear of it; without them nothing follows.
      const place = this.#deps.announces ? tx : tx.last
      const found = await this.#deps.store.attach(place, realm.id, id.sessionId, write, now)
      if (!found || !isSessionValid(realm, found.session, now)) return { outcome: 'session-gone' }
      // A row that was there before may have copies.
      if (this.#deps.announces && found.clientSession.ver > 1)
        tx.append([sessionChanged(id.sessionId)])
      return { outcome: 'redeemed', code, ...found }
    })
  }
}
