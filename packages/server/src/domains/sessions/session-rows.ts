import type { ClientSession, RefreshChain, UserSession } from './session.ts'

/** Columns of a user session under the alias `s`. */
export const sessionColumns = `s.id, s.offline, s.realm_id, s.user_id, s.started_at, s.last_access, s.remember_me,
  s.ip_address, s.notes, s.ver`

/** Columns of a client session under the alias `c`; `client_id` is null where a join found none. */
export const clientSessionColumns = `c.client_id, c.started_at AS client_started_at,
  c.last_access AS client_last_access, c.notes AS client_notes, c.refresh_chains, c.ver AS client_ver`

export interface SessionRow {
  id: string
  offline: boolean
  realm_id: string
  user_id: string
  started_at: number
  last_access: number
  remember_me: boolean
  ip_address: string | null
  notes: Record<string, string>
  ver: number
}

export interface ClientSessionRow {
  client_id: string | null
  client_started_at: number
  client_last_access: number
  client_notes: Record<string, string>
  refresh_chains: Record<string, RefreshChain> | null
  client_ver: number
}

export function sessionOf(row: SessionRow): UserSession {
  return {
    id: row.id,
    offline: row.offline,
    realmId: row.realm_id,
    userId: row.user_id,
    startedAt: row.started_at,
    lastAccess: row.last_access,
    rememberMe: row.remember_me,
    ipAddress: row.ip_address ?? '',
    notes: row.notes,
    ver: row.ver,
  }
}

export function clientSessionOf(row: SessionRow & ClientSessionRow): ClientSession | null {
  if (row.client_id === null) return null
  return {
    sessionId: row.id,
    offline: row.offline,
    clientUuid: row.client_id,
    startedAt: row.client_started_at,
    lastAccess: row.client_last_access,
    notes: row.client_notes,
    refreshChains: row.refresh_chains ?? {},
    ver: row.client_ver,
  }
}
