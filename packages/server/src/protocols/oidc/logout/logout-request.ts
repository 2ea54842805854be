import type { Client } from '../../../domains/clients/client.ts'
import { listAttributeOf } from '../../../domains/clients/client-attributes.ts'
import { allowedUri } from '../../../domains/clients/redirect-uri.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { isSignedBy, parseToken } from '../../../domains/tokens/json-web-token.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { ClientId, SessionId, UserId } from '../../../domains/typed-ids.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { LogoutProblem } from './logout-problem.ts'

/** What an id token says that is given as a hint; it may have expired long ago. */
export interface IdTokenHint {
  readonly clientId: ClientId
  readonly sessionId: SessionId | null
  readonly userId: UserId | null
}

/** A checked logout request (OpenID Connect RP-Initiated Logout 1.0 §2). */
export interface LogoutRequest {
  readonly client: Client | null
  readonly hint: IdTokenHint | null
  /** Where to go afterwards, registered for the client; with `state` in it. */
  readonly redirectUrl: string | null
}

const postLogoutUris = 'post.logout.redirect.uris'

/** @throws LogoutProblem */
export async function readLogoutRequest(
  deps: Pick<OidcDeps, 'clients' | 'keys'>,
  realm: Realm,
  places: ServerPlaces,
  parameters: URLSearchParams,
): Promise<LogoutRequest> {
  const redirectUri = parameters.get('post_logout_redirect_uri')
  const hintText = parameters.get('id_token_hint')
  const clientId = parameters.get('client_id')
  if (redirectUri !== null && hintText === null && clientId === null) {
    throw new LogoutProblem('missingParameterMessage', 'id_token_hint')
  }
  const hint = hintText === null ? null : readHint(deps, realm, places, hintText)
  if (hint && clientId !== null && hint.clientId !== clientId) throw invalidHint()
  const named = hint?.clientId ?? clientId
  const client = named === null ? null : await deps.clients.byClientId(realm.id, named)
  if (hint && !client) throw invalidHint()
  const usable = client?.enabled ? client : null
  if (redirectUri === null) return { client: usable, hint, redirectUrl: null }
  const address = usable && registeredUri(usable, redirectUri, places)
  if (!address) throw new LogoutProblem('invalidRedirectUriMessage')
  return { client: usable, hint, redirectUrl: withState(address, parameters.get('state')) }
}

const invalidHint = () => new LogoutProblem('invalidParameterMessage', 'id_token_hint')

/** The signature must be ours; the time does not count: people log out of sessions that they forgot. */
function readHint(
  { keys }: Pick<OidcDeps, 'keys'>,
  realm: Realm,
  places: ServerPlaces,
  text: string,
): IdTokenHint {
  const token = parseToken(text)
  const key = token && keys.ring(realm).byKid(token.header.kid ?? '')
  if (!token || !key || !isSignedBy(key, token)) throw invalidHint()
  const { typ, iss, azp, sid, sub } = token.claims
  if (typ !== 'ID' || iss !== issuerOf(places, realm) || typeof azp !== 'string') {
    throw invalidHint()
  }
  return {
    clientId: azp,
    sessionId: typeof sid === 'string' ? sid : null,
    userId: typeof sub === 'string' ? sub : null,
  }
}

/** `+` stands for the redirect URIs, `-` for none. @returns where to go; null when it is not registered */
function registeredUri(client: Client, uri: string, places: ServerPlaces): string | null {
  const { attributes = {}, redirectUris = [], rootUrl } = client.representation
  const given = listAttributeOf(client.representation, postLogoutUris)
  const entries = (attributes[postLogoutUris] === undefined ? ['+'] : given).flatMap((entry) =>
    entry === '+' ? redirectUris : entry === '-' ? [] : [entry],
  )
  return allowedUri(uri, entries, rootUrl, places)
}

function withState(uri: string, state: string | null): string {
  if (state === null) return uri
  const [address = '', fragment] = uri.split('#', 2)
  const joined = `${address}${address.includes('?') ? '&' : '?'}state=${encodeURIComponent(state)}`
  return fragment === undefined ? joined : `${joined}#${fragment}`
}
