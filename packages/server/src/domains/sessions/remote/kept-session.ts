import type { ClientUuid, SessionId } from '../../typed-ids.ts'
import type { ClientSession, UserSession } from '../session.ts'

/** A session as the cache `sessions` has it. What it does not name of its clients does not count. */
export interface KeptSession {
  readonly session: UserSession
  readonly clients: readonly ClientUuid[]
  /** Until when the lists are sure to name it, milliseconds since the epoch. */
  readonly listedUntil: number
}

/** A client's part as the cache `clientSessions` has it. */
export interface KeptClientSession {
  readonly clientSession: ClientSession
  /** How long it is kept after its last use, and until when at most, milliseconds since the epoch. */
  readonly idleMs: number
  readonly maxAt: number
}

/** Of an entry that is taken away as soon as it is written. */
export const goneText = 'null'

/** @returns null for nothing */
export function keptSessionOf(text: string | null): KeptSession | null {
  return text === null ? null : (JSON.parse(text) as KeptSession | null)
}

/** @returns null for nothing */
export function keptClientSessionOf(text: string | null): KeptClientSession | null {
  return text === null ? null : (JSON.parse(text) as KeptClientSession | null)
}

/** No session's id has a dot. */
export function clientSessionKey(sessionId: SessionId, clientUuid: ClientUuid): string {
  return `${sessionId}.${clientUuid}`
}
