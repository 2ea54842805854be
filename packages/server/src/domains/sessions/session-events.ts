import type { InvalidationEvent } from '@holdfast/cluster'

/** Tag of everything that is kept of one session, whether offline or not. */
export const sessionTag = (sessionId: string) => `session:${sessionId}`
/** Tag of everything that is kept of any session of a realm. */
export const sessionsTag = (realmId: string) => `sessions:${realmId}`
/** Tag of what is kept of a session for one token. */
export const tokenTag = (objectId: string) => `token:${objectId}`

/** Sessions named in one event; more become an event for all of the realm. */
const namedMax = 1_000

/** A session, or a client's part of it, changed or ended. */
export function sessionChanged(sessionId: string): InvalidationEvent {
  return {
    kind: 'sessions',
    shardKey: sessionId,
    tags: [sessionTag(sessionId)],
    op: 'invalidate',
  }
}

/** Any of a realm's sessions ended. */
export function sessionsChanged(realmId: string): InvalidationEvent {
  return { kind: 'sessions', shardKey: realmId, tags: [sessionsTag(realmId)], op: 'invalidate' }
}

/** Several sessions ended, each in the shard of its own. */
export function sessionsEnded(realmId: string, sessionIds: readonly string[]): InvalidationEvent[] {
  if (sessionIds.length > namedMax) return [sessionsChanged(realmId)]
  return [...new Set(sessionIds)].map(sessionChanged)
}

/** A token was revoked. @param sessionId of the token, null for one without */
export function tokenRevoked(objectId: string, sessionId: string | null): InvalidationEvent {
  return {
    kind: 'actionTokens',
    shardKey: sessionId ?? objectId,
    tags: [tokenTag(objectId)],
    op: 'invalidate',
  }
}
