import type { FastifyInstance } from 'fastify'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { HttpError } from '../../../http/http-error.ts'
import { placesOf } from '../../../login/request-places.ts'
import { allowAnyOrigin, registerPreflight } from '../cross-origin.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { realmOf } from '../realm-request.ts'

const path = '/realms/:realm'

/** `GET /realms/{realm}`: the public key and addresses that older adapters ask for. */
export function registerRealmSummary(
  app: FastifyInstance,
  deps: Pick<OidcDeps, 'realms' | 'keys' | 'urls'>,
): void {
  app.get(path, async (request, reply) => {
    const realm = await realmOf(deps, request)
    const key = await deps.keys.signingKey(realm, 'RS256')
    const base = issuerOf(placesOf(deps, request, realm), realm)
    allowAnyOrigin(request, reply)
    reply.header('cache-control', 'no-cache').type('application/json;charset=UTF-8')
    return reply.send(
      JSON.stringify({
        realm: realm.name,
        public_key: key.publicKey?.export({ format: 'der', type: 'spki' }).toString('base64'),
        'token-service': `${base}/protocol/openid-connect`,
        'account-service': `${base}/account`,
        'tokens-not-before': realm.settings.notBefore ?? 0,
      }),
    )
  })
  registerPreflight(app, path, 'GET, HEAD, OPTIONS')
  app.get('/.well-known/:document/realms/:realm', async (request) => {
    await realmOf(deps, request)
    throw new HttpError(404, { error: 'HTTP 404 Not Found' })
  })
  // Protocols are looked up by name before anything else of the path is.
  app.get('/realms/:realm/protocol/:protocol', async (request) => {
    await realmOf(deps, request)
    const { protocol } = request.params as { protocol: string }
    const known = protocol === 'openid-connect' || protocol === 'saml'
    throw new HttpError(404, { error: known ? 'HTTP 404 Not Found' : 'Protocol not found' })
  })
}
