import type { Json, ProtocolMapper } from '../realms/realm.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'

/** Keycloak's ClientRepresentation as stored: known members typed, the rest kept for the export. */
export interface ClientRepresentation {
  name?: string
  description?: string
  rootUrl?: string
  adminUrl?: string
  baseUrl?: string
  surrogateAuthRequired?: boolean
  alwaysDisplayInConsole?: boolean
  clientAuthenticatorType?: string
  secret?: string
  redirectUris?: string[]
  webOrigins?: string[]
  notBefore?: number
  bearerOnly?: boolean
  consentRequired?: boolean
  standardFlowEnabled?: boolean
  implicitFlowEnabled?: boolean
  directAccessGrantsEnabled?: boolean
  serviceAccountsEnabled?: boolean
  authorizationServicesEnabled?: boolean
  publicClient?: boolean
  frontchannelLogout?: boolean
  protocol?: string
  attributes?: Record<string, string>
  authenticationFlowBindingOverrides?: Record<string, string>
  fullScopeAllowed?: boolean
  protocolMappers?: ProtocolMapper[]
  defaultClientScopes?: string[]
  optionalClientScopes?: string[]
  [member: string]: Json | undefined | ProtocolMapper[]
}

export interface Client {
  /** The internal id (Keycloak's `id`), not the OAuth `client_id`. */
  readonly id: ClientUuid
  readonly realmId: RealmId
  readonly clientId: ClientId
  readonly enabled: boolean
  readonly representation: Readonly<ClientRepresentation>
  readonly ver: number
}
