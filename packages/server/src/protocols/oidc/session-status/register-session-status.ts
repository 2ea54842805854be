import type { FastifyInstance, FastifyReply } from 'fastify'
import { validWebOrigins } from '../../../domains/tokens/web-origins.ts'
import { queryOf } from '../../../http/query.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { realmOf } from '../realm-request.ts'
import { sessionStatusPage } from './session-status-page.ts'
import { thirdPartyCookiesStep1, thirdPartyCookiesStep2 } from './third-party-cookies-pages.ts'

const base = '/realms/:realm/protocol/openid-connect'
const frame = `${base}/login-status-iframe.html`

const pages: readonly (readonly [string, string])[] = [
  [frame, sessionStatusPage],
  [`${base}/3p-cookies/step1.html`, thirdPartyCookiesStep1],
  [`${base}/3p-cookies/step2.html`, thirdPartyCookiesStep2],
]

/** Pages that applications keep in hidden frames; everybody may frame them. */
export function registerSessionStatus(
  app: FastifyInstance,
  deps: Pick<OidcDeps, 'realms' | 'clients' | 'urls'>,
): void {
  for (const [path, html] of pages) {
    app.get(path, async (request, reply) => {
      await realmOf(deps, request)
      return sendPage(reply, html)
    })
  }
  app.get(`${frame}/init`, async (request, reply) => {
    const realm = await realmOf(deps, request)
    const query = queryOf(request)
    const client = await deps.clients.byClientId(realm.id, query.get('client_id') ?? '')
    const origin = query.get('origin') ?? ''
    const places = placesOf(deps, request, realm)
    const allowed = client?.enabled ? validWebOrigins(client, places) : []
    const own = client?.enabled === true && new URL(places.frontend).origin === origin
    return reply.code(own || allowed.includes(origin) || allowed.includes('*') ? 204 : 403).send()
  })
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  reply.header('cache-control', 'no-cache, must-revalidate, no-transform, no-store')
  reply.header('content-security-policy', "frame-src 'self'; object-src 'none';")
  return reply.type('text/html;charset=utf-8').send(html)
}
