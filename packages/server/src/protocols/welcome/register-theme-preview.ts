import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from '../../http/http-error.ts'
import { queryOf } from '../../http/query.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { Pages } from '../../pages/pages.ts'
import { renderSample, sampleStates } from '../../pages/themes/sample-pages.ts'
import type { Themes } from '../../pages/themes/themes.ts'
import { renderThemePreview } from '../../pages/welcome/render-theme-preview.ts'
import { isLocalVisitor } from './local-visitor.ts'

/** Where `start-dev` shows every page in every theme. */
export const themePreviewPath = '/theme-preview'

export interface ThemePreviewDeps {
  readonly pages: Pages
  readonly urls: ServerUrls
  readonly themes: Pick<Themes, 'all'>
}

/**
 * `GET /theme-preview` and `GET /theme-preview/{page}/{state}`, with `theme` and `kc_locale` in the query: sample pages that
 * lead nowhere, for browsers on this machine only.
 */
export function registerThemePreview(app: FastifyInstance, deps: ThemePreviewDeps): void {
  app.get(themePreviewPath, async (request, reply) => {
    const { serverUrl, theme } = asked(deps, request)
    const path = `${new URL(serverUrl).pathname.replace(/\/+$/, '')}${themePreviewPath}`
    const context = deps.pages.context({ realm: null, serverUrl })
    const { all } = deps.themes
    const model = { pages: sampleStates(), themes: all, theme, path }
    return sent(reply, renderThemePreview(context, model))
  })
  app.get(`${themePreviewPath}/:page/:state`, async (request, reply) => {
    const { serverUrl, theme } = asked(deps, request)
    const locale = queryOf(request).get('kc_locale') ?? undefined
    const context = deps.pages.context({ realm: null, serverUrl, theme, locale })
    const { page = '', state = '' } = request.params as Record<string, string>
    const body = await renderSample(context, page, state)
    if (body === undefined) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
    return sent(reply, body)
  })
}

/** @throws HttpError 404 for everybody who is elsewhere */
function asked({ urls }: ThemePreviewDeps, request: FastifyRequest) {
  if (!isLocalVisitor(request)) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
  return {
    serverUrl: urls.frontend(request),
    theme: queryOf(request).get('theme') ?? undefined,
  }
}

function sent(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('x-frame-options', 'DENY')
    .type('text/html;charset=utf-8')
    .send(page)
}
