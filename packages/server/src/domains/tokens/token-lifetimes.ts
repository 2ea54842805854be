import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import {
  clientSessionEndsAt,
  clientSessionMaxAt,
  sessionMaxAt,
} from '../sessions/session-lifetimes.ts'
import type { TokenSession } from './token-context.ts'

/** @returns a whole number of an attribute, or null */
function numberAttribute(client: Client, name: string): number | null {
  const text = client.representation.attributes?.[name]?.trim()
  return text && /^-?\d+$/.test(text) ? Number(text) : null
}

/**
 * @param now seconds since the epoch
 * @param implicit tokens that leave through the browser have their own, usually longer, lifespan
 * @returns when an access token issued now expires, seconds since the epoch
 */
export function accessTokenExpiry(
  realm: Realm,
  client: Client,
  session: TokenSession,
  now: number,
  implicit = false,
): number {
  const lifespan = implicit
    ? realm.settings.accessTokenLifespanForImplicitFlow
    : (numberAttribute(client, 'access.token.lifespan') ?? realm.settings.accessTokenLifespan)
  const usual = lifespan === -1 ? Math.floor(sessionMaxAt(realm, session) / 1_000) : now + lifespan
  const latest = Math.floor(clientSessionMaxAt(realm, client, session, session.client) / 1_000)
  return Math.min(usual, latest)
}

/** @returns when a refresh token issued now expires, seconds since the epoch; null for offline tokens without an end */
export function refreshTokenExpiry(
  realm: Realm,
  client: Client,
  session: TokenSession,
): number | null {
  if (session.offline && !realm.settings.offlineSessionMaxLifespanEnabled) {
    const own = numberAttribute(client, 'client.offline.session.max.lifespan') ?? 0
    if (own <= 0) return null
  }
  return Math.floor(clientSessionEndsAt(realm, client, session, session.client) / 1_000)
}
