import type { FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { KnownCertificate } from '../../../domains/credentials/x509/known-certificate.ts'
import type {
  ClientCallEvent,
  PolicyEffects,
} from '../../../domains/policy-enforcement/policy-occasion.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { VerifiedToken } from '../../../domains/tokens/access-tokens.ts'
import type { Confirmation } from '../../../domains/tokens/confirmation.ts'
import type { TokenResponse } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { SessionId, UserId } from '../../../domains/typed-ids.ts'
import type { CallFacts } from '../client-policies/enforce-policies.ts'

/** A token request of an authenticated client. */
export interface GrantRequest {
  readonly realm: Realm
  readonly client: Client
  readonly form: URLSearchParams
  readonly places: ServerPlaces
  readonly ipAddress: string
  /** What the client proves to hold; tokens are bound to it. */
  readonly confirmation: Confirmation
  /** The certificate that the client's connection has shown. */
  readonly certificate: () => KnownCertificate | undefined
  /** `Set-Cookie` values that the answer will carry; grants add to it. */
  readonly cookies: string[]
  /** Lets client policies have their say once the grant knows what it is about. @throws OAuthError */
  readonly enforce: (event: ClientCallEvent, facts: CallFacts) => Promise<PolicyEffects>
  /** What the event of this request will tell; grants add to it. */
  readonly event: GrantEvent
  /** The access token by which the client was known, where the grant lets it ask so. */
  readonly bearer?: VerifiedToken | undefined
}

/** What a grant answers with: tokens, or, for some, what is asked about. */
export interface GrantAnswer {
  readonly response: TokenResponse | readonly unknown[]
  /** Ids that the event tells; null where no such token was issued. */
  readonly accessTokenId: string | null
  readonly refreshTokenId: string | null
}

/** Gathers what is known for the event, so that a failure tells it too. */
export interface GrantEvent {
  userId?: UserId
  sessionId?: SessionId
  readonly details: Record<string, string>
}

/** One grant type: adding one is adding a file and a line in the registry. */
export interface Grant {
  readonly type: string
  /** Keycloak's event type; errors get `_ERROR`. */
  readonly eventType: string
  /** Parameters that a request may have several of. */
  readonly repeatable?: readonly string[]
  /**
   * Lets a client ask by an access token that was issued to it, instead of proving who it is.
   * @returns null where the request carries none
   * @throws OAuthError for one that is not good
   */
  bearerOf?(
    request: FastifyRequest,
    realm: Realm,
    places: ServerPlaces,
  ): Promise<VerifiedToken | null>
  /** @throws OAuthError */
  issue(request: GrantRequest): Promise<GrantAnswer>
}
