import { decodeJwt } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import type { Clients } from '../../../domains/clients/clients.ts'
import type { IdentityProvider } from '../../../domains/identity-providers/identity-provider.ts'
import type { IdentityProviders } from '../../../domains/identity-providers/identity-providers.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import {
  type AssertionClaimsDeps,
  assertionTimeProblem,
  audienceProblem,
  secondsIn,
  skewSecondsMax,
} from '../federation/assertion-claims.ts'
import type { IssuerKeys } from '../federation/issuer-keys.ts'
import { badAssertion, unknownClient } from './client-authenticator.ts'
import { assertionType, type ClientCredentials } from './client-credentials.ts'

export const federatedAuthenticator = 'federated-jwt'
/** A token that a SPIFFE workload shows (draft-ietf-oauth-spiffe-client-auth). */
export const spiffeAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe'

const assertionCharactersMax = 65_536
const ageSecondsDefault = 300
/** Tokens of service accounts are renewed once in this time. */
const clusterAgeSecondsDefault = 3_600
const kinds = new Set(['oidc', 'keycloak-oidc', 'kubernetes'])

export interface FederatedJwtDeps extends AssertionClaimsDeps {
  readonly clients: Pick<Clients, 'federatedAs'>
  readonly identityProviders: Pick<IdentityProviders, 'byAlias' | 'byIssuer'>
  readonly issuerKeys: IssuerKeys
}

/** A client that somebody else's token names, and the identity provider that issues such tokens. */
export interface FederatedClient {
  readonly client: Client
  readonly provider: IdentityProvider
  readonly text: string
}

/**
 * Clients that prove who they are by a token of another issuer: an identity provider of the realm, a Kubernetes cluster, a
 * SPIFFE trust domain. The client's settings say which provider and which subject.
 */
export class FederatedJwtAuthenticator {
  readonly id = federatedAuthenticator
  readonly #deps: FederatedJwtDeps

  constructor(deps: FederatedJwtDeps) {
    this.#deps = deps
  }

  /** @returns whose token it says it is; nothing is proved yet. Null for an assertion that is none of another issuer */
  async clientOf(credentials: ClientCredentials): Promise<FederatedClient | null> {
    const { realm, assertion: text, assertionType: type } = credentials
    if (text === null || text.length > assertionCharactersMax) return null
    if (type !== assertionType && type !== spiffeAssertionType) return null
    const { iss, sub } = namesIn(text)
    if (sub === undefined || (type === assertionType && (iss === undefined || iss === sub))) {
      return null
    }
    for (const client of await this.#deps.clients.federatedAs(realm.id, sub)) {
      const alias = client.representation.attributes?.['jwt.credential.issuer']
      if (!alias) continue
      const provider = await this.#deps.identityProviders.byAlias(realm.id, alias)
      if (!provider?.enabled) continue
      const spiffe = provider.providerId === 'spiffe'
      if (spiffe !== (type === spiffeAssertionType)) continue
      if (spiffe || (kinds.has(provider.providerId) && issuerOfProvider(provider) === iss)) {
        return { client, provider, text }
      }
    }
    return null
  }

  /** @throws OAuthError when the token is not good */
  async authenticate(
    { provider, text }: FederatedClient,
    { realm, places }: ClientCredentials,
  ): Promise<void> {
    const { config, providerId } = provider
    const plain = providerId === 'oidc' || providerId === 'keycloak-oidc'
    const wrong = () => unknownClient('invalid_client_credentials')
    if (plain && config['supportsClientAssertions'] !== 'true') throw wrong()
    const signed = await this.#deps.issuerKeys.verify(provider, text)
    if (signed === null) throw wrong()
    const { claims } = signed
    if (providerId === 'spiffe') {
      const domain = config['trustDomain'] ?? ''
      if (!domain || !String(claims['sub']).startsWith(`${domain}/`)) throw wrong()
    }
    const { clientId } = config
    const own = config['allowClientIdAsAudience'] === 'true' && clientId ? [clientId] : null
    const audience = audienceProblem(claims, own ?? [issuerOf(places, realm)])
    if (audience !== null) throw badAssertion(audience)
    const age = providerId === 'kubernetes' ? clusterAgeSecondsDefault : ageSecondsDefault
    const problem = await assertionTimeProblem(this.#deps, realm, claims, {
      skewSeconds: secondsIn(config['allowedClockSkew'], 0, skewSecondsMax),
      ageSecondsMax: secondsIn(config['federatedClientAssertionMaxExpiration'], age) || age,
      // A workload shows the token that it was given until it gets the next one.
      mayBeReused: !plain || config['supportsClientAssertionReuse'] === 'true',
      purpose: 'assertion-federated',
    })
    if (problem !== null) throw badAssertion(problem)
  }
}

function issuerOfProvider({ providerId, config }: IdentityProvider): string | undefined {
  const { issuer } = config
  if (issuer || providerId !== 'kubernetes') return issuer
  return 'https://kubernetes.default.svc.cluster.local'
}

function namesIn(text: string) {
  try {
    const { iss, sub } = decodeJwt(text)
    const name = (value: unknown) => (typeof value === 'string' ? value : undefined)
    return { iss: name(iss), sub: name(sub) }
  } catch {
    return { iss: undefined, sub: undefined }
  }
}
