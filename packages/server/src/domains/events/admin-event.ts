import type { Transaction } from '../../database/database.ts'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'

/** Who made an administrative change. */
export interface AdminEventAuthor {
  /** Realm that the administrator signed in to. */
  readonly realmId: RealmId
  /** Internal id (UUID) of the client that was used. */
  readonly clientId: ClientUuid
  readonly userId: UserId
  readonly ipAddress: string
}

export type AdminOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'ACTION'

/** A change made through Admin REST. */
export interface AdminEvent {
  /** Realm that was changed. */
  readonly realmId: RealmId
  readonly realmName: string
  readonly operationType: AdminOperation
  /** Keycloak's name: `USER`, `CLIENT`, `REALM_ROLE_MAPPING`, … */
  readonly resourceType: string
  /** Below `/admin/realms/{realm}/`, e.g. `users/{id}`. */
  readonly resourcePath: string
  readonly author: AdminEventAuthor
  /** What was sent, without secrets; kept only where the realm has `adminEventsDetailsEnabled`. */
  readonly representation?: unknown
  /** Whom or what it concerns, where neither path nor representation say it: Keycloak's names. */
  readonly details?: Readonly<Record<string, string>> | undefined
  /** Absent when the change was made. */
  readonly error?: string | undefined
}

/** An admin event as it is kept and listed (`GET /admin/realms/{realm}/admin-events`). */
export interface StoredAdminEvent {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly realmId: RealmId
  readonly authDetails: AdminEventAuthor
  readonly operationType: string
  readonly resourceType: string
  /** Absent for the realm itself. */
  readonly resourcePath?: string
  readonly representation?: string
  readonly details?: Readonly<Record<string, string>>
  readonly error?: string
}

/**
 * Writes the record of an administrative change in the transaction that makes it. The verbs of the domains take it: a change
 * that is refused or rolled back leaves no event, one that is committed has one.
 */
export type AdminTrace = (tx: Transaction) => Promise<void>
