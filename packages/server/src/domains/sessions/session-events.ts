import type { InvalidationEvent } from '@holdfast/cluster'
import type { RealmId, SessionId } from '../typed-ids.ts'

/** Tag of everything that is kept of one session, whether offline or not. */
export const sessionTag = (sessionId: SessionId) => `session:${sessionId}`
/** Tag of everything that is kept of any session of a realm. */
export const sessionsTag = (realmId: RealmId) => `sessions:${realmId}`
/** Tag of what is kept of a session for one token. */
export const tokenTag = (objectId: string) => `token:${objectId}`

/** Sessions named in one event; more become an event for all of the realm. */
const namedMax = 1_000

/** A session, or a client's part of it, changed or ended. */
export function sessionChanged(sessionId: SessionId): InvalidationEvent {
  return {
    kind: 'sessions',
    shardKey: sessionId,
    tags: [sessionTag(sessionId)],
    op: 'invalidate',
  }
}

/** Any of a realm's sessions ended. */
export function sessionsChanged(realmId: RealmId): InvalidationEvent {
  return { kind: 'sessions', shardKey: realmId, tags: [sessionsTag(realmId)], op: 'invalidate' }
}

/** Several sessions ended, each in the shard of its own. */
export function sessionsEnded(
  realmId: RealmId,
  sessionIds: readonly SessionId[],
): InvalidationEvent[] {
  if (sessionIds.length > namedMax) return [sessionsChanged(realmId)]
  return [...new Set(sessionIds)].map(sessionChanged)
}

/** A token was revoked. @param sessionId of the token, null for one without */
export function tokenRevoked(objectId: string, sessionId: SessionId | null): InvalidationEvent {
  return {
    kind: 'actionTokens',
    shardKey: sessionId ?? objectId,
    tags: [tokenTag(objectId)],
    op: 'invalidate',
  }
}
