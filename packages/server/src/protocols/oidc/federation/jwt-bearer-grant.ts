import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import { listAttributeOf } from '../../../domains/clients/client-attributes.ts'
import type { Consents } from '../../../domains/flows/consents/consents.ts'
import type { IdentityProvider } from '../../../domains/identity-providers/identity-provider.ts'
import type { IdentityProviders } from '../../../domains/identity-providers/identity-providers.ts'
import { transientSession } from '../../../domains/tokens/access-tokens.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import { type IssuedTokens, issuerOf } from '../../../domains/tokens/tokens.ts'
import type { FederatedIdentities } from '../../../domains/users/federated-identities.ts'
import type { User } from '../../../domains/users/user.ts'
import type { Grant, GrantRequest } from '../grants/grant.ts'
import { requireOfflineAllowed, requireValidScope } from '../grants/scope-check.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import {
  assertionTimeProblem,
  audienceProblem,
  secondsIn,
  skewSecondsMax,
} from './assertion-claims.ts'
import type { IssuerKeys } from './issuer-keys.ts'

export interface JwtBearerGrantDeps
  extends Pick<OidcDeps, 'tokens' | 'users' | 'singleUse' | 'organizations' | 'clock'> {
  readonly identityProviders: Pick<IdentityProviders, 'byIssuer'>
  readonly issuerKeys: IssuerKeys
  readonly federatedIdentities: Pick<FederatedIdentities, 'userOf'>
  readonly consents: Pick<Consents, 'missing'>
}

const assertionCharactersMax = 65_536
const ageSecondsDefault = 300
const kinds = new Set(['jwt-authorization-grant', 'oidc', 'keycloak-oidc'])

const refused = (description: string, eventError = 'invalid_request') =>
  new OAuthError(400, 'invalid_grant', description, { eventError })

/**
 * A token for whom an identity provider of the realm vouches (RFC 7523 §2.1): the assertion names an account there that a
 * user of the realm is linked with. Nothing is kept of it but that it was used.
 */
export class JwtBearerGrant implements Grant {
  readonly type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  readonly eventType = 'JWT_AUTHORIZATION_GRANT'
  readonly #deps: JwtBearerGrantDeps

  constructor(deps: JwtBearerGrantDeps) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, form, places, event } = request
    const text = form.get('assertion')
    if (text === null) throw refused('Missing parameter:assertion')
    const { iss, sub, algorithm } = readAssertion(text)
    if (typeof iss === 'string') event.details['identity_provider_issuer'] = iss.slice(0, 255)
    requireAllowed(client)
    if (typeof iss !== 'string') throw refused('Missing claim: iss')
    if (typeof sub !== 'string') throw refused('Missing claim: sub')
    event.details['identity_provider_user_id'] = sub.slice(0, 255)
    const provider = await this.#provider(request, iss)
    const claims = await this.#verified(request, provider, text, algorithm)
    const user = await this.#user(request, provider, sub)
    const scope = form.get('scope') ?? undefined
    await requireValidScope(this.#deps.organizations, realm, client, scope)
    await this.#requireConsent(request, user, scope)
    const problem = audienceProblem(claims, audiencesOf(request, provider))
    if (problem !== null) throw refused(problem)
    const { exp } = claims
    return await this.#deps.tokens.issue({
      realm,
      client,
      user,
      scope,
      places,
      confirmation: request.confirmation,
      session: transientSession(this.#deps.clock.now(), {}),
      grant: 'ag',
      withRefreshToken: false,
      reuseId: null,
      check: requireOfflineAllowed,
      finish: (access) => {
        if (provider.config['jwtAuthorizationGrantLimitAccessTokenExp'] !== 'true') return
        access['exp'] = Math.min(Number(access['exp']), Number(exp))
      },
    })
  }

  /** The identity provider that issues such assertions, if the client may use them. */
  async #provider({ realm, client, event }: GrantRequest, iss: string): Promise<IdentityProvider> {
    const found = await this.#deps.identityProviders.byIssuer(realm.id, iss)
    const provider = found.find(
      ({ providerId, config }) =>
        kinds.has(providerId) &&
        (providerId === 'jwt-authorization-grant' ||
          config['jwtAuthorizationGrantEnabled'] === 'true'),
    )
    if (!provider) throw refused('No Identity Provider for provided issuer')
    event.details['identity_provider'] = provider.alias
    if (!provider.enabled) throw refused('Identity Provider is not enabled')
    const allowed = listAttributeOf(client.representation, 'oauth2.jwt.authorization.grant.idp')
    if (allowed.includes(provider.alias)) return provider
    throw refused('Identity Provider is not allowed for the client')
  }

  async #verified(
    { realm }: GrantRequest,
    provider: IdentityProvider,
    text: string,
    algorithm: string,
  ): Promise<Claims> {
    const { config } = provider
    const wanted = config['jwtAuthorizationGrantAssertionSignatureAlg']
    if (wanted && wanted !== algorithm) throw refused('Invalid signature algorithm')
    const signed = await this.#deps.issuerKeys.verify(provider, text, wanted || undefined)
    if (signed === null) throw refused('Invalid signature')
    const skew =
      provider.providerId === 'jwt-authorization-grant'
        ? config['jwtAuthorizationGrantAllowedClockSkew']
        : config['allowedClockSkew']
    const age = config['jwtAuthorizationGrantMaxAllowedAssertionExpiration']
    const problem = await assertionTimeProblem(this.#deps, realm, signed.claims, {
      skewSeconds: secondsIn(skew, 0, skewSecondsMax),
      ageSecondsMax: secondsIn(age, ageSecondsDefault),
      mayBeReused: config['jwtAuthorizationGrantAssertionReuseAllowed'] === 'true',
      purpose: 'assertion-grant',
    })
    if (problem !== null) throw refused(problem)
    return signed.claims
  }

  async #user(
    { realm, event }: GrantRequest,
    { alias }: IdentityProvider,
    sub: string,
  ): Promise<User> {
    const { federatedIdentities, users } = this.#deps
    const id = await federatedIdentities.userOf(realm.id, alias, sub)
    const user = id === null ? null : await users.byId(realm.id, id)
    if (!user) throw refused('User not found')
    if (!user.enabled) throw refused('User is not enabled')
    if (user.requiredActions.length > 0) throw refused('Account is not fully set up')
    event.userId = user.id
    event.details['username'] = user.username
    return user
  }

  /** Nobody is there who could agree. */
  async #requireConsent(
    { realm, client }: GrantRequest,
    user: User,
    scope: string | undefined,
  ): Promise<void> {
    if (!client.representation.consentRequired) return
    const { scopes } = await this.#deps.tokens.access({ realm, client, user, scope })
    const missing = await this.#deps.consents.missing(client, user.id, scopes.scopes)
    if (missing.length === 0) return
    const description = `Missing consents for the client ${client.clientId}`
    throw new OAuthError(400, 'invalid_scope', description, { eventError: 'consent_denied' })
  }
}

function readAssertion(text: string) {
  try {
    if (text.length > assertionCharactersMax) throw new RangeError('too long')
    const { iss, sub } = decodeJwt(text)
    return { iss, sub, algorithm: String(decodeProtectedHeader(text).alg) }
  } catch {
    throw refused('The provided assertion is not a valid JWT')
  }
}

function requireAllowed({ representation }: Client): void {
  if (representation.publicClient) {
    throw refused('Public client not allowed to use authorization grant')
  }
  if (representation.attributes?.['oauth2.jwt.authorization.grant.enabled'] === 'true') return
  throw refused('JWT Authorization Grant is not supported for the requested client')
}

/** Audiences that the client's settings name for the provider; else those of the realm. */
function audiencesOf(
  { realm, client, places }: GrantRequest,
  { alias, providerId, config }: IdentityProvider,
): string[] {
  const own = audiencesByAlias(client)[alias]
  if (own) return own
  const { clientId } = config
  if (providerId !== 'jwt-authorization-grant' && config['allowClientIdAsAudience'] === 'true') {
    if (clientId) return [clientId]
  }
  const issuer = issuerOf(places, realm)
  return [issuer, `${issuer}/protocol/openid-connect/token`]
}

/** Keycloak keeps `[{"key":alias,"value":audience}]` as text. */
function audiencesByAlias({ representation }: Client): Record<string, string[]> {
  const text = representation.attributes?.['oauth2.jwt.authorization.grant.audience']
  if (!text) return {}
  const found: Record<string, string[]> = {}
  try {
    for (const { key, value } of JSON.parse(text) as { key?: unknown; value?: unknown }[]) {
      if (typeof key !== 'string' || typeof value !== 'string') continue
      found[key] = [...(Object.hasOwn(found, key) ? (found[key] ?? []) : []), value]
    }
    return found
  } catch {
    return {}
  }
}
