import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { Confirmation } from '../../../domains/tokens/confirmation.ts'
import type { IssuedTokens } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'

/** A token request of an authenticated client. */
export interface GrantRequest {
  readonly realm: Realm
  readonly client: Client
  readonly form: URLSearchParams
  readonly places: ServerPlaces
  readonly ipAddress: string
  /** What the client proves to hold; tokens are bound to it. */
  readonly confirmation: Confirmation
  /** `Set-Cookie` values that the answer will carry; grants add to it. */
  readonly cookies: string[]
  /** What the event of this request will tell; grants add to it. */
  readonly event: GrantEvent
}

/** Gathers what is known for the event, so that a failure tells it too. */
export interface GrantEvent {
  userId?: string
  sessionId?: string
  readonly details: Record<string, string>
}

/** One grant type: adding one is adding a file and a line in the registry. */
export interface Grant {
  readonly type: string
  /** Keycloak's event type; errors get `_ERROR`. */
  readonly eventType: string
  /** Parameters that a request may have several of. */
  readonly repeatable?: readonly string[]
  /** @throws OAuthError */
  issue(request: GrantRequest): Promise<IssuedTokens>
}
