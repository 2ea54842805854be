import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../domains/realms/realm.ts'
import { cookiesOf } from '../../http/cookies.ts'
import { queryOf } from '../../http/query.ts'
import { placesOf } from '../../login/request-places.ts'
import { chooseLocale } from '../../pages/messages/choose-locale.ts'
import type { PageContext } from '../../pages/page-context.ts'
import { pageHeaders } from '../../pages/page-headers.ts'
import type { OidcDeps } from './oidc-deps.ts'

/** Answers with a page that belongs to no login, in the language of the visitor. */
export function sendPage(
  deps: Pick<OidcDeps, 'urls' | 'pages'>,
  request: FastifyRequest,
  reply: FastifyReply,
  realm: Realm,
  render: (context: PageContext) => string,
) {
  const [path = ''] = request.url.split('?')
  const locale = chooseLocale(realm.settings, {
    kcLocale: queryOf(request).get('kc_locale') ?? undefined,
    cookieLocale: cookiesOf(request).get('KEYCLOAK_LOCALE'),
    acceptLanguage: request.headers['accept-language'],
  })
  const serverUrl = placesOf(deps, request, realm).frontend
  const above = new URL(serverUrl).pathname.replace(/\/+$/, '')
  const localeUrl = (tag: string) => `${above}${path}?${new URLSearchParams({ kc_locale: tag })}`
  const text = render(deps.pages.context({ realm, serverUrl, locale, localeUrl }))
  for (const [name, value] of Object.entries(pageHeaders(realm))) reply.header(name, value)
  reply.header('cache-control', 'no-store, must-revalidate, max-age=0')
  return reply.header('content-language', locale).type('text/html;charset=utf-8').send(text)
}
