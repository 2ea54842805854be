import type { Component } from '../realms/realm.ts'
import type { ClientExport, RealmRepresentation, RoleRepresentation } from './representation.ts'

/** A representation in which everything that Keycloak would add is there. */
export interface CompleteRealm extends RealmRepresentation {
  id: string
  enabled: boolean
  roles: { realm: RoleRepresentation[]; client: Record<string, RoleRepresentation[]> }
  defaultRole: RoleRepresentation
  clients: ClientExport[]
  /** Flat, with parents; in place of the nested `components`. */
  componentList: Component[]
}
