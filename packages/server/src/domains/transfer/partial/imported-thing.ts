/** What happens to things that are there already. */
export type ExistingPolicy = 'FAIL' | 'OVERWRITE' | 'SKIP'

/** Keycloak's names of what a partial import brings. */
export type ImportedType =
  | 'CLIENT'
  | 'CLIENT_ROLE'
  | 'GROUP'
  | 'IDP'
  | 'IDP_MAPPER'
  | 'REALM_ROLE'
  | 'USER'

/** What became of one thing of a partial import. */
export interface ImportedThing {
  readonly action: 'ADDED' | 'OVERWRITTEN' | 'SKIPPED'
  readonly resourceType: ImportedType
  readonly resourceName: string
  /** Of the thing; of its client for a role of a client. */
  readonly id: string
  /** As it was given, for the event. */
  readonly representation: object
}
