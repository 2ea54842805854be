import type { JsonObject } from '../realms/realm.ts'
import type { OrganizationId, RealmId } from '../typed-ids.ts'

/** What lists and pages need of an identity provider: everything but its settings, which hold keys and secrets. */
export interface IdentityProviderSummary {
  /** Keycloak's `internalId`. */
  readonly id: string
  readonly realmId: RealmId
  /** Unique in the realm; never changes. */
  readonly alias: string
  readonly providerId: string
  readonly enabled: boolean
  /** Whose members it signs in. */
  readonly organizationId: OrganizationId | null
  /** Members of the representation that have no column: `displayName`, `firstBrokerLoginFlowAlias`, … */
  readonly members: JsonObject
}

/** Somebody else who signs users of a realm in. */
export interface IdentityProvider extends IdentityProviderSummary {
  readonly config: Readonly<Record<string, string>>
  readonly ver: number
}

/** What becomes of somebody who comes from an identity provider. */
export interface IdentityProviderMapper {
  readonly id: string
  readonly realmId: RealmId
  /** Of its identity provider. */
  readonly alias: string
  /** Unique for the provider. */
  readonly name: string
  /** Id of the kind of mapper. */
  readonly mapper: string
  readonly config: Readonly<Record<string, string>>
}
