import type { OrganizationId, RealmId } from '../typed-ids.ts'

/** A domain of mail addresses whose owners belong to an organization. */
export interface OrganizationDomain {
  /** Lower case. */
  readonly name: string
  readonly verified: boolean
}

/** Companies, customers or departments whose users a realm tells apart. */
export interface Organization {
  readonly id: OrganizationId
  readonly realmId: RealmId
  readonly name: string
  /** What scopes and tokens call it; never changes. */
  readonly alias: string
  readonly enabled: boolean
  readonly description: string | null
  readonly redirectUrl: string | null
  readonly attributes: Readonly<Record<string, string[]>>
  readonly domains: readonly OrganizationDomain[]
  /** Members of the representation that have no column (`groups`, …). */
  readonly representation: Readonly<Record<string, unknown>>
  readonly ver: number
}

/** `MANAGED` members exist for their organization alone: they go with it. */
export type MembershipType = 'MANAGED' | 'UNMANAGED'

/** What users know of an organization that they are in. */
export interface OrganizationMembership extends Organization {
  readonly membershipType: MembershipType
}

/** Somebody who was asked by mail to become a member. Times are milliseconds since the epoch. */
export interface OrganizationInvitation {
  readonly id: string
  readonly organizationId: OrganizationId
  readonly email: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly sentAt: number
  readonly expiresAt: number
  readonly status: 'PENDING' | 'EXPIRED'
}

/** Note of a login and of a client's session: alias of the organization that the user signs in for, as Keycloak names it. */
export const organizationNote = 'kc.org'
