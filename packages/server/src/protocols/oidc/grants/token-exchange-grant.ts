import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import {
  isOffline,
  tokenSessionOf,
  type VerifiedToken,
} from '../../../domains/tokens/access-tokens.ts'
import { confirms } from '../../../domains/tokens/confirmation.ts'
import type { Claims, TokenSession } from '../../../domains/tokens/token-context.ts'
import { type IssuedTokens, issuerOf } from '../../../domains/tokens/tokens.ts'
import { newUuid } from '../../../shared/random.ts'
import { OAuthError } from '../oauth-error.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import type { Grant, GrantRequest } from './grant.ts'
import { requireValidScope } from './scope-check.ts'

const typePrefix = 'urn:ietf:params:oauth:token-type:'
const accessType = `${typePrefix}access_token`
const idType = `${typePrefix}id_token`
const refreshType = `${typePrefix}refresh_token`
/** Audiences in one request. */
const audiencesMax = 20
/** What only Keycloak's former kind of exchange knows. */
const unsupported = ['requested_issuer', 'requested_subject']

type Deps = Pick<
  OidcDeps,
  'sessions' | 'tokens' | 'accessTokens' | 'clients' | 'organizations' | 'clock'
>

const invalid = (description: string, eventError = 'invalid_request') =>
  new OAuthError(400, 'invalid_request', description, { eventError })

/** Keycloak's standard token exchange (RFC 8693): a client gets a token of its own for a token that was meant for it. */
export class TokenExchangeGrant implements Grant {
  readonly type = 'urn:ietf:params:oauth:grant-type:token-exchange'
  readonly eventType = 'TOKEN_EXCHANGE'
  readonly repeatable = ['audience', 'resource']
  readonly #deps: Deps

  constructor(deps: Deps) {
    this.#deps = deps
  }

  async issue(request: GrantRequest): Promise<IssuedTokens> {
    const { realm, client, places, event } = request
    requireEnabled(client)
    const requested = requestedType(request)
    const audiences = await this.#audiences(request)
    const subject = await this.#subject(request)
    const { user } = subject
    event.userId = user.id
    event.details['audience'] = audiences.join(' ')
    const scope = scopeOf(request, requested)
    await requireValidScope(this.#deps.organizations, realm, client, scope)
    const lasting = requested === refreshType
    const { session, isPart } = await this.#session(realm, client, subject, { scope, lasting })
    if (!session.transient) event.sessionId = session.id
    if (lasting && (session.transient || session.offline)) {
      throw invalid(
        'Refresh token not valid as requested_token_type because creating a new session is needed',
      )
    }
    const issued = await this.#deps.tokens.issue({
      realm,
      client,
      user,
      places,
      scope,
      session,
      grant: 'te',
      confirmation: request.confirmation,
      withRefreshToken: lasting,
      onlyThisToken: !isPart,
      reuseId: realm.settings.revokeRefreshToken ? newUuid() : null,
      finish: (claims) => restrictAudience(claims, audiences),
    })
    return { ...issued, response: responseOf(issued.response, requested) }
  }

  /** Clients that the token is to be narrowed to; none = it is not narrowed. */
  async #audiences({ realm, form }: GrantRequest): Promise<string[]> {
    const audiences = form.getAll('audience')
    if (audiences.length > audiencesMax) throw invalid('Too many audiences')
    for (const audience of audiences) {
      const client = await this.#deps.clients.byClientId(realm.id, audience)
      if (client?.enabled) continue
      throw new OAuthError(400, 'invalid_client', 'Audience not found', {
        eventError: 'client_not_found',
      })
    }
    return [...new Set(audiences)]
  }

  /** The token that is exchanged: issued here, good now, and meant for this client. */
  async #subject(request: GrantRequest): Promise<VerifiedToken> {
    const { realm, client, places, form } = request
    const text = form.get('subject_token') ?? ''
    const issuer = issuerOf(places, realm)
    const types = ['Bearer', 'DPoP']
    const { accessTokens } = this.#deps
    const verdict = await accessTokens.verify(realm, issuer, text, types, 'store', 'whoever')
    if (!verdict.valid) {
      throw verdict.reason === 'wrong-type'
        ? invalid("Parameter 'subject_token' supports access tokens only")
        : invalid('Invalid token', 'invalid_token')
    }
    const { token } = verdict
    // A token that is bound to another's key is worth nothing to who has copied it.
    if (!confirms(request.confirmation, token.claims))
      throw invalid('Invalid token', 'invalid_token')
    const audiences = [token.claims['aud']].flat()
    if (token.claims['azp'] !== client.clientId && !audiences.includes(client.clientId)) {
      throw new OAuthError(403, 'access_denied', 'Client is not within the token audience', {
        eventError: 'not_allowed',
      })
    }
    return token
  }

  /** The session of the subject. The client gets a part in it that lasts where it wants to refresh; Keycloak's way. */
  async #session(
    realm: Realm,
    client: Client,
    { session, claims }: VerifiedToken,
    wanted: { readonly scope: string | undefined; readonly lasting: boolean },
  ): Promise<{ readonly session: TokenSession; readonly isPart: boolean }> {
    if (session.transient) return { session, isPart: false }
    const { sessions } = this.#deps
    const found = await sessions.validFor(realm, client, session.id, isOffline(claims))
    if (found.session && found.clientSession) {
      return { session: tokenSessionOf(found.session, found.clientSession), isPart: true }
    }
    if (!found.session) throw invalid('Invalid token', 'user_session_not_found')
    const notes: Record<string, string> = wanted.scope === undefined ? {} : { scope: wanted.scope }
    if (!wanted.lasting) {
      const now = this.#deps.clock.now()
      const part = { startedAt: now, lastAccess: now, notes }
      return { session: { ...session, client: part }, isPart: false }
    }
    const attached = await sessions.attach({ realm, session: found.session, client, notes })
    if (!attached) throw invalid('Invalid token', 'user_session_not_found')
    return { session: tokenSessionOf(attached.session, attached.clientSession), isPart: true }
  }
}

function requireEnabled(client: Client): void {
  const { attributes = {}, publicClient, consentRequired } = client.representation
  if (attributes['standard.token.exchange.enabled'] !== 'true' || publicClient) {
    throw invalid('Standard token exchange is not enabled for the requested client', 'not_allowed')
  }
  // Nobody is there who could agree.
  if (consentRequired) {
    throw new OAuthError(400, 'invalid_scope', 'Missing consents for Token Exchange in client', {
      eventError: 'consent_denied',
    })
  }
}

/** Checks what is asked for. @returns the type of token */
function requestedType({ form, client }: GrantRequest): string {
  for (const name of unsupported) {
    if (form.has(name)) {
      throw invalid(`Parameter '${name}' is not supported for standard token exchange`)
    }
  }
  for (const name of ['subject_token', 'subject_token_type']) {
    if (!form.get(name)) throw invalid(`Parameter '${name}' required for standard token exchange`)
  }
  if (form.get('subject_token_type') !== accessType) {
    throw invalid("Parameter 'subject_token' supports access tokens only")
  }
  const requested = form.get('requested_token_type') || accessType
  const policy =
    client.representation.attributes?.['standard.token.exchange.enableRefreshRequestedTokenType']
  const supported = [accessType, idType, ...(policy === 'SAME_SESSION' ? [refreshType] : [])]
  if (!supported.includes(requested)) throw invalid('requested_token_type unsupported')
  return requested
}

/** Whoever asks for an ID token asks for `openid`. An exchange begins no offline session, so that scope is left out. */
function scopeOf({ form }: GrantRequest, requested: string): string | undefined {
  const asked = (form.get('scope') ?? '').split(' ').filter((name) => name !== '')
  const names = asked.filter((name) => name !== 'offline_access')
  if (requested === idType && !names.includes('openid')) names.unshift('openid')
  return names.length === 0 ? undefined : names.join(' ')
}

/** Leaves of a token only what concerns the audiences that were asked for. */
function restrictAudience(claims: Claims, audiences: readonly string[]): void {
  if (audiences.length === 0) return
  const present = [claims['aud']].flat()
  const missing = audiences.filter((audience) => !present.includes(audience))
  if (missing.length > 0) {
    throw invalid(`Requested audience not available: ${missing.join(' ')}`)
  }
  claims['aud'] = audiences.length === 1 ? audiences[0] : [...audiences]
  const access = claims['resource_access']
  if (access === null || typeof access !== 'object') return
  const kept = Object.entries(access).filter(([clientId]) => audiences.includes(clientId))
  claims['resource_access'] = Object.fromEntries(kept)
}

/** RFC 8693 §2.2.1: whatever was asked for stands in `access_token`. */
function responseOf(
  response: IssuedTokens['response'],
  requested: string,
): IssuedTokens['response'] {
  if (requested !== idType) return { ...response, issued_token_type: requested }
  const { id_token: idToken = '', ...others } = response
  return { ...others, access_token: idToken, token_type: 'N_A', issued_token_type: requested }
}
