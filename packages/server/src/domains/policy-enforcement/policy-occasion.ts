import type { Client, ClientRepresentation } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { Claims } from '../tokens/token-context.ts'
import type { ClientId } from '../typed-ids.ts'
import type { User } from '../users/user.ts'

/** What happens to a client, by Keycloak's names. */
export type ClientChangeEvent =
  | 'REGISTER'
  | 'REGISTERED'
  | 'UPDATE'
  | 'UPDATED'
  | 'VIEW'
  | 'UNREGISTER'

/** What a client does, by Keycloak's names. */
export type ClientCallEvent =
  | 'PRE_AUTHORIZATION_REQUEST'
  | 'AUTHORIZATION_REQUEST'
  | 'PUSHED_AUTHORIZATION_REQUEST'
  | 'PRE_TOKEN_REQUEST'
  | 'TOKEN_REQUEST'
  | 'TOKEN_REFRESH'
  | 'TOKEN_REVOKE'
  | 'TOKEN_INTROSPECT'
  | 'USERINFO_REQUEST'
  | 'LOGOUT_REQUEST'
  | 'SERVICE_ACCOUNT_TOKEN_REQUEST'
  | 'RESOURCE_OWNER_PASSWORD_CREDENTIALS_REQUEST'
  | 'TOKEN_EXCHANGE_REQUEST'
  | 'JWT_AUTHORIZATION_GRANT'
  | 'DEVICE_AUTHORIZATION_REQUEST'
  | 'DEVICE_TOKEN_REQUEST'
  | 'BACKCHANNEL_AUTHENTICATION_REQUEST'
  | 'BACKCHANNEL_TOKEN_REQUEST'

/** A client as somebody wants to have it. Executors change it where they configure clients. */
export type ProposedClient = ClientRepresentation & { clientId?: ClientId }

/** Who makes, changes or removes a client. */
export interface ClientUpdater {
  /** In the words of Keycloak's condition. */
  readonly by:
    | 'ByAuthenticatedUser'
    | 'ByAnonymous'
    | 'ByInitialAccessToken'
    | 'ByRegistrationAccessToken'
  readonly user: User | null
  readonly ipAddress: string
}

/** Somebody makes, changes, sees or removes a client. */
export interface ClientChange {
  readonly event: ClientChangeEvent
  readonly realm: Realm
  /** As it is; null before it exists. */
  readonly client: Client | null
  readonly proposed: ProposedClient
  readonly updater: ClientUpdater
}

/** A request object, verified. */
export interface ReadRequestObject {
  readonly claims: Claims
  readonly encrypted: boolean
}

/** A client, or a browser that it has sent, asks for something. */
export interface ClientCall {
  readonly event: ClientCallEvent
  readonly realm: Realm
  readonly client: Client
  /** The realm's own address. */
  readonly issuer: string
  /** What was sent: form or query. */
  readonly sent: URLSearchParams
  /** What was sent together with what a request object or a pushed request says. */
  readonly parameters: URLSearchParams
  readonly scope?: string | undefined
  readonly method?: string
  /** Thumbprint of the certificate that was shown. */
  readonly certificate?: string | undefined
  /** The header `DPoP`. */
  readonly proof?: string | readonly string[] | undefined
  /** Claims of the token that the request is about, unverified. */
  readonly token?: Claims | undefined
  /** Where the answer goes. */
  readonly redirectUri?: string
  readonly requestObject?: ReadRequestObject | undefined
  /** Whether the request was pushed: `unknown` for a reference that leads nowhere. */
  readonly pushed?: 'yes' | 'no' | 'unknown'
  readonly identityProviderAlias?: string
  /**
   * A login that began with this request is taken up or ends. What stood in its request object is not known any more; under
   * the same rules everything has been asked once.
   */
  readonly resumed?: 'under-same-rules' | 'under-other-rules'
}

export type PolicyOccasion = ClientChange | ClientCall

/** What executors ask of the rest of a request. */
export interface PolicyEffects {
  lightweightAccessToken?: boolean
  suppressesRefreshToken?: boolean
  bindsOnlyRefreshToken?: boolean
  keepsRegistrationToken?: boolean
  /** Alias of the flow that the browser goes through, and the level that it is worth. */
  flow?: { readonly alias: string; readonly level: number | null }
  /** The level that a condition has found in the request. */
  requestedAcr?: string
  /** Scopes beyond which nothing is granted. */
  scopes?: readonly string[]
  rotatesSecret?: SecretRotation
}

/** How long secrets of a client count, in seconds. */
export interface SecretRotation {
  readonly expirationPeriod: number
  readonly rotatedExpirationPeriod: number
  readonly remainingPeriod: number
}

export function isClientChange(occasion: PolicyOccasion): occasion is ClientChange {
  return 'proposed' in occasion
}
