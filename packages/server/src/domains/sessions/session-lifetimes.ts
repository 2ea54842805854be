import type { Client } from '../clients/client.ts'
import type { Realm, RealmSettings } from '../realms/realm.ts'
import type { ClientSession, UserSession } from './session.ts'

/** What a setting of 0 stands for, in seconds (Keycloak's Constants). */
const idleSecondsDefault = 1_800
const maxSecondsDefault = 36_000
const offlineIdleSecondsDefault = 2_592_000
const offlineMaxSecondsDefault = 5_184_000

const positive = (value: number | undefined, otherwise: number) =>
  value !== undefined && value > 0 ? value : otherwise

/** A lifetime in seconds that a client's attribute sets; 0 when it sets none. */
function clientSeconds(client: Client | null, name: string): number {
  const value = Number(client?.representation.attributes?.[name] ?? 0)
  return Number.isInteger(value) && value > 0 ? value : 0
}

function maxSeconds(settings: RealmSettings, rememberMe: boolean): number {
  const usual = positive(settings.ssoSessionMaxLifespan, maxSecondsDefault)
  return rememberMe ? positive(settings.ssoSessionMaxLifespanRememberMe, usual) : usual
}

function idleSeconds(settings: RealmSettings, rememberMe: boolean): number {
  const usual = positive(settings.ssoSessionIdleTimeout, idleSecondsDefault)
  return rememberMe ? positive(settings.ssoSessionIdleTimeoutRememberMe, usual) : usual
}

type SessionTimes = Pick<UserSession, 'offline' | 'rememberMe' | 'startedAt' | 'lastAccess'>
type ClientSessionTimes = Pick<ClientSession, 'startedAt' | 'lastAccess'>

/** @returns when the session reaches its maximal age, ms since the epoch; Infinity for offline sessions without one */
export function sessionMaxAt(realm: Realm, session: SessionTimes): number {
  const { settings } = realm
  if (!session.offline) return session.startedAt + maxSeconds(settings, session.rememberMe) * 1_000
  if (!settings.offlineSessionMaxLifespanEnabled) return Number.POSITIVE_INFINITY
  return (
    session.startedAt +
    positive(settings.offlineSessionMaxLifespan, offlineMaxSecondsDefault) * 1_000
  )
}

/** @returns when the session has been idle for too long, ms since the epoch */
export function sessionIdleAt(realm: Realm, session: SessionTimes): number {
  const { settings } = realm
  const seconds = session.offline
    ? positive(settings.offlineSessionIdleTimeout, offlineIdleSecondsDefault)
    : idleSeconds(settings, session.rememberMe)
  return session.lastAccess + seconds * 1_000
}

/** @returns when the session ends by the present settings if nobody uses it any more */
export function sessionEndsAt(realm: Realm, session: SessionTimes): number {
  return Math.min(sessionMaxAt(realm, session), sessionIdleAt(realm, session))
}

/**
 * Whether a session is valid now. There is no tolerance: sessions are persistent, as Keycloak's are since version 26, and
 * what a touch is late by is less than the second in which the batch waits.
 */
export function isSessionValid(realm: Realm, session: UserSession, now: number): boolean {
  if (session.realmId !== realm.id) return false
  if (session.rememberMe && !realm.settings.rememberMe) return false
  return now < sessionEndsAt(realm, session)
}

/** @returns when the client session reaches its maximal age, ms since the epoch, or Infinity */
export function clientSessionMaxAt(
  realm: Realm,
  client: Client,
  session: SessionTimes,
  clientSession: ClientSessionTimes,
): number {
  const { settings } = realm
  const sessionMax = sessionMaxAt(realm, session)
  if (session.offline) {
    const own = clientSeconds(client, 'client.offline.session.max.lifespan')
    if (!settings.offlineSessionMaxLifespanEnabled && own === 0) return Number.POSITIVE_INFINITY
    const realmWide = positive(
      settings.clientOfflineSessionMaxLifespan,
      positive(settings.offlineSessionMaxLifespan, offlineMaxSecondsDefault),
    )
    return Math.min(clientSession.startedAt + positive(own, realmWide) * 1_000, sessionMax)
  }
  const own = clientSeconds(client, 'client.session.max.lifespan')
  const usual = positive(settings.ssoSessionMaxLifespan, maxSecondsDefault)
  const longest = session.rememberMe
    ? Math.max(usual, settings.ssoSessionMaxLifespanRememberMe ?? 0)
    : usual
  const seconds = positive(own, positive(settings.clientSessionMaxLifespan, longest))
  return Math.min(clientSession.startedAt + seconds * 1_000, sessionMax)
}

/** @returns when the client session has been idle for too long, ms since the epoch */
export function clientSessionIdleAt(
  realm: Realm,
  client: Client,
  session: SessionTimes,
  clientSession: ClientSessionTimes,
): number {
  const { settings } = realm
  if (session.offline) {
    const own = clientSeconds(client, 'client.offline.session.idle.timeout')
    const realmWide = positive(
      settings.clientOfflineSessionIdleTimeout,
      positive(settings.offlineSessionIdleTimeout, offlineIdleSecondsDefault),
    )
    return clientSession.lastAccess + positive(own, realmWide) * 1_000
  }
  const own = clientSeconds(client, 'client.session.idle.timeout')
  const usual = positive(settings.ssoSessionIdleTimeout, idleSecondsDefault)
  const longest = session.rememberMe
    ? Math.max(usual, settings.ssoSessionIdleTimeoutRememberMe ?? 0)
    : usual
  const seconds = positive(own, positive(settings.clientSessionIdleTimeout, longest))
  return clientSession.lastAccess + seconds * 1_000
}

/** @returns until when a refresh token of this client session may live, ms since the epoch */
export function clientSessionEndsAt(
  realm: Realm,
  client: Client,
  session: SessionTimes,
  clientSession: ClientSessionTimes,
): number {
  return Math.min(
    clientSessionMaxAt(realm, client, session, clientSession),
    clientSessionIdleAt(realm, client, session, clientSession),
  )
}

/** @returns whether the client session is valid now, given that its session is */
export function isClientSessionValid(
  realm: Realm,
  client: Client,
  session: UserSession,
  clientSession: ClientSession,
  now: number,
): boolean {
  return now < clientSessionEndsAt(realm, client, session, clientSession)
}

/** @returns before which times a client session is stale now, so that a new authorization starts it anew */
export function clientSessionRestartBounds(
  realm: Realm,
  client: Client,
  session: Pick<UserSession, 'offline' | 'rememberMe'>,
  now: number,
): { startedBefore: number; usedBefore: number } {
  const atEpoch = { startedAt: 0, lastAccess: 0 }
  const begun = { ...session, startedAt: now, lastAccess: now }
  const maxMs = clientSessionMaxAt(realm, client, begun, atEpoch)
  const idleMs = clientSessionIdleAt(realm, client, begun, atEpoch)
  return {
    startedBefore: Math.max(0, Number.isFinite(maxMs) ? now - maxMs : 0),
    usedBefore: Math.max(0, now - idleMs),
  }
}
