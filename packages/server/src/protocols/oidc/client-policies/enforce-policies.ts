import type { FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import { ClientPolicyRefusal } from '../../../domains/policy-enforcement/client-policy-refusal.ts'
import type {
  ClientCall,
  ClientCallEvent,
  PolicyEffects,
} from '../../../domains/policy-enforcement/policy-occasion.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { parseToken } from '../../../domains/tokens/json-web-token.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'

export type EnforcementDeps = Pick<OidcDeps, 'policyEnforcement' | 'clientCertificates'>

/** A client's request, as far as it is the same for every endpoint. */
export interface PolicedRequest {
  readonly realm: Realm
  readonly client: Client
  readonly places: ServerPlaces
  readonly request: FastifyRequest
  readonly form: URLSearchParams
}

/** What an endpoint adds to that. */
export type CallFacts = Partial<
  Pick<
    ClientCall,
    'scope' | 'parameters' | 'token' | 'redirectUri' | 'requestObject' | 'identityProviderAlias'
  >
>

/**
 * Lets the realm's client policies have their say about a client's request.
 * @throws OAuthError with the error that Keycloak's executor has
 */
export async function enforcePolicies(
  { policyEnforcement, clientCertificates }: EnforcementDeps,
  event: ClientCallEvent,
  { realm, client, places, request, form }: PolicedRequest,
  facts: CallFacts = {},
): Promise<PolicyEffects> {
  try {
    return await policyEnforcement.enforce({
      event,
      realm,
      client,
      issuer: issuerOf(places, realm),
      sent: form,
      parameters: form,
      method: request.method,
      certificate: clientCertificates.of(request)?.thumbprint,
      proof: request.headers['dpop'],
      ...facts,
    })
  } catch (error) {
    if (!(error instanceof ClientPolicyRefusal)) throw error
    throw new OAuthError(error.status, error.error, error.message)
  }
}

/** @returns the claims of a token that a request is about, unverified; undefined for what is none */
export function claimsOfToken(text: string | null): Claims | undefined {
  return text === null ? undefined : parseToken(text)?.claims
}
