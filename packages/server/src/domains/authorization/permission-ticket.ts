import type { ClientUuid } from '../typed-ids.ts'

/** Somebody asks, or may, what the owner of a resource decides. Times are milliseconds since the epoch. */
export interface PermissionTicket {
  readonly id: string
  /** Internal id of the client that protects the resource. */
  readonly clientUuid: ClientUuid
  readonly resourceId: string
  /** Null: a resource without scopes as a whole. */
  readonly scopeId: string | null
  readonly owner: string
  readonly requester: string
  readonly createdAt: number
  /** Null while the owner has not agreed. */
  readonly grantedAt: number | null
}

/** What is looked for; everything that is left out is not asked. */
export interface TicketFilter {
  readonly clientUuid?: ClientUuid | undefined
  readonly resourceId?: string | undefined
  readonly scopeId?: string | undefined
  readonly owner?: string | undefined
  readonly requester?: string | undefined
  readonly granted?: boolean | undefined
  /** Owner or requester. */
  readonly party?: string | undefined
}
