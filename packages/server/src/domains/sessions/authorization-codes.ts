import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import type { Client } from '../clients/client.ts'
import type { Keys } from '../keys/keys.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientUuid, SessionId } from '../typed-ids.ts'
import type { AnnouncedWrites } from './announced-writes.ts'
import { newAuthorizationCode, readAuthorizationCode } from './authorization-code-id.ts'
import type { PendingCode } from './login-store.ts'
import type { AuthorizationCode } from './session.ts'
import type { SessionEndings } from './session-endings.ts'
import type { SessionKeeping } from './session-keeping.ts'
import { clientSessionRestartBounds, isSessionValid } from './session-lifetimes.ts'
import type { LoginToComplete, RedeemedCode } from './session-verbs.ts'

export interface AuthorizationCodesDeps {
  readonly database: Database
  readonly keys: Keys
  readonly clock: Clock
  readonly store: Pick<SessionKeeping['logins'], 'wasRedeemed'>
  readonly writes: AnnouncedWrites
  readonly endings: Pick<SessionEndings, 'part'>
}

/** A code that begins with its login. */
export interface IssuedCode {
  readonly text: string
  readonly pending: PendingCode
}

/** Authorization codes (RFC 6749 §4.1): made with a login's session, redeemed once. */
export class AuthorizationCodes {
  readonly #deps: AuthorizationCodesDeps

  constructor(deps: AuthorizationCodesDeps) {
    this.#deps = deps
  }

  /** @param now ms since the epoch @returns the code, and what the row of the login has to hold for it */
  issue(login: LoginToComplete, sessionId: SessionId, now: number): IssuedCode {
    const { realm, loginStateId, clientUuid, redirectUri, clientNotes: notes } = login
    const ring = this.#deps.keys.ring(realm)
    const text = newAuthorizationCode(ring, realm.id, loginStateId, sessionId, clientUuid)
    const expiresAt = now + realm.settings.accessCodeLifespan * 1_000
    const noted = redirectUri === notes['redirect_uri']
    return { text, pending: { notes, expiresAt, ...(noted ? {} : { redirectUri }) } }
  }

  /** See Sessions.redeem. */
  async redeem(
    realm: Realm,
    text: string,
    client: Client,
    check: (code: AuthorizationCode) => string | null,
  ): Promise<RedeemedCode> {
    const { keys, clock, writes } = this.#deps
    const id = readAuthorizationCode(keys.ring(realm), realm.id, text)
    if (!id) return { outcome: 'unknown' }
    const now = clock.now()
    const session = { offline: false, rememberMe: false }
    const restart = clientSessionRestartBounds(realm, client, session, now)
    const row = { rowId: id.rowId, sessionId: id.sessionId, realmId: realm.id }
    // Whoever else presents the code consumes it, and gets nothing under the session.
    const own = id.clientUuid === client.id
    const part = { uuid: client.id, restart }
    const consumed = await writes.redeem(own ? row : { ...row, sessionId: null }, part, now)
    if (!consumed) return await this.#unusable(id, client)
    if (!consumed.alive) return { outcome: 'expired' }
    const code = codeOf(realm, id, consumed.code)
    const problem = check(code)
    if (problem !== null) return { outcome: 'mismatch', detail: problem }
    const { found } = consumed
    if (!found || !isSessionValid(realm, found.session, now)) return { outcome: 'session-gone' }
    return { outcome: 'redeemed', code, ...found }
  }

  /** A code that was redeemed already ends what its client has of the session. */
  async #unusable(
    id: { readonly rowId: string; readonly sessionId: SessionId; readonly clientUuid: ClientUuid },
    client: Client,
  ): Promise<RedeemedCode> {
    const { database, store, endings } = this.#deps
    if (!(await store.wasRedeemed(database, id.rowId))) return { outcome: 'expired' }
    if (id.clientUuid === client.id) await endings.part(id.sessionId, false, client.id, false)
    return { outcome: 'replayed' }
  }
}

function codeOf(
  realm: Realm,
  { sessionId, clientUuid }: { readonly sessionId: SessionId; readonly clientUuid: ClientUuid },
  { redirectUri, notes }: PendingCode,
): AuthorizationCode {
  const asSent = redirectUri === undefined ? (notes['redirect_uri'] ?? null) : redirectUri
  return { realmId: realm.id, sessionId, clientUuid, redirectUri: asSent, notes }
}
