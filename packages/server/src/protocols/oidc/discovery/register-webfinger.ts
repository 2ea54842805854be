import type { FastifyInstance } from 'fastify'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { HttpError } from '../../../http/http-error.ts'
import { queryOf } from '../../../http/query.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { OidcDeps } from '../oidc-deps.ts'

const issuerRelation = 'http://openid.net/specs/connect/1.0/issuer'
const resourceCharactersMax = 2_000

/**
 * WebFinger (RFC 7033) for what has an address below a realm of this server: which issuer that is (OpenID Connect Discovery
 * §2). Accounts (`acct:`) name no realm, so that nothing is told of them.
 */
export function registerWebfinger(
  app: FastifyInstance,
  deps: Pick<OidcDeps, 'realms' | 'urls'>,
): void {
  app.get('/.well-known/webfinger', async (request, reply) => {
    const query = queryOf(request)
    const resource = query.get('resource') ?? ''
    if (resource === '' || resource.length > resourceCharactersMax || !URL.canParse(resource)) {
      throw new HttpError(400, { error: 'invalid_request' })
    }
    const name = realmNameIn(new URL(resource))
    const realm = name === null ? null : await deps.realms.byName(name)
    if (!realm) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
    const href = issuerOf(placesOf(deps, request, realm), realm)
    if (resource !== href && !resource.startsWith(`${href}/`)) {
      throw new HttpError(404, { error: 'HTTP 404 Not Found' })
    }
    const asked = query.getAll('rel')
    const wanted = asked.length === 0 || asked.includes(issuerRelation)
    const links = wanted ? [{ rel: issuerRelation, href }] : []
    // RFC 7033 §5: scripts of any origin may ask.
    reply.header('access-control-allow-origin', '*').type('application/jrd+json')
    return await reply.send(JSON.stringify({ subject: resource, links }))
  })
}

function realmNameIn({ pathname }: URL): string | null {
  const part = /\/realms\/([^/]+)(?:\/|$)/.exec(pathname)?.[1]
  try {
    return part === undefined ? null : decodeURIComponent(part)
  } catch {
    return null
  }
}
