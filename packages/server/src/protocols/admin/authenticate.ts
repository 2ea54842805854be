import type { FastifyReply, FastifyRequest } from 'fastify'
import { readAuthorization } from '../../domains/tokens/presented-tokens.ts'
import { issuerOf } from '../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../domains/tokens/web-origins.ts'
import { decodedPart } from '../../http/path-part.ts'
import { allowCallerOrigin } from '../../login/caller-origin.ts'
import { placesOf } from '../../login/request-places.ts'
import type { AdminDeps } from './admin-deps.ts'
import { unauthorized } from './admin-error.ts'
import { Administrator } from './administrator.ts'

type Deps = Pick<
  AdminDeps,
  'clientCertificates' | 'presentedTokens' | 'realms' | 'roles' | 'urls' | 'users'
>

/**
 * Finds out who sends a request: any realm's access token, by its issuer.
 * Sets the CORS headers for pages of the client that the token was issued to.
 * @throws HttpError 401 without a valid token, 403 for an origin that the client does not name
 */
export async function authenticate(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Administrator> {
  const authorization = readAuthorization(request.headers.authorization)
  if (authorization === null) throw unauthorized()
  const issuer = claimedIssuer(authorization.text)
  const realmName = decodedPart(issuer?.slice(issuer.lastIndexOf('/') + 1) ?? '')
  const realm = realmName === '' ? null : await deps.realms.byName(realmName)
  if (!issuer || !realm?.enabled) throw unauthorized()
  const places = placesOf(deps, request, realm)
  const presented = {
    ...authorization,
    proof: request.headers['dpop'],
    certificate: deps.clientCertificates.of(request)?.thumbprint,
    method: request.method,
    urls: addressesOf(request, places),
  }
  const verdict = await deps.presentedTokens.verify(realm, issuerOf(places, realm), presented)
  if (!verdict.valid) {
    if (verdict.nonce !== undefined) reply.header('dpop-nonce', verdict.nonce)
    throw unauthorized()
  }
  const { user, client, claims } = verdict.token
  allowCallerOrigin(request, reply, client, places, 'admin')
  if (reply.hasHeader('access-control-allow-origin')) {
    reply.header('access-control-expose-headers', 'Location')
  }
  const { sid, locale } = claims
  return new Administrator(deps, realm, user, client, {
    sessionId: typeof sid === 'string' ? sid : null,
    locale: typeof locale === 'string' ? locale : null,
  })
}

/** The claim `iss` before anything is verified: it only says whose keys to try. */
function claimedIssuer(token: string): string | undefined {
  try {
    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    return typeof payload?.iss === 'string' ? payload.iss : undefined
  } catch {
    return undefined
  }
}

/** Where the request may have been sent, as its sender sees this server. */
function addressesOf({ url }: FastifyRequest, { frontend, admin }: ServerPlaces): string[] {
  const [path = ''] = url.split('?')
  const below = path.slice(Math.max(0, path.indexOf('/admin/')))
  return [admin + below, frontend + below]
}
