import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpError } from '../../http/http-error.ts'
import { queryOf } from '../../http/query.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { Mail } from '../../mail/mail.ts'
import { sampleMail, sampleMailNames } from '../../mail/sample-mails.ts'
import type { ThemeTexts } from '../../pages/messages/theme-texts.ts'
import type { Pages } from '../../pages/pages.ts'
import { renderSample, sampleStates } from '../../pages/themes/sample-pages.ts'
import type { ThemeKind } from '../../pages/themes/theme-folder.ts'
import type { ThemesOfKind } from '../../pages/themes/themes.ts'
import { renderThemePreview } from '../../pages/welcome/render-theme-preview.ts'
import { isLocalVisitor } from './local-visitor.ts'

/** Where `start-dev` shows every page in every theme. */
export const themePreviewPath = '/theme-preview'

export interface ThemePreviewDeps {
  readonly pages: Pages
  readonly urls: ServerUrls
  readonly themes: Readonly<Record<ThemeKind, Pick<ThemesOfKind, 'all' | 'byName'>>>
  readonly texts: ThemeTexts
}

/**
 * `GET /theme-preview`, `GET /theme-preview/{page}/{state}` and `GET /theme-preview/mail/{name}` (`part=text` for its other
 * part), with `theme` and `kc_locale` in the query: samples that lead nowhere, for browsers on this machine only.
 */
export function registerThemePreview(app: FastifyInstance, deps: ThemePreviewDeps): void {
  app.get(themePreviewPath, async (request, reply) => {
    const { serverUrl, theme } = asked(deps, request)
    const path = `${new URL(serverUrl).pathname.replace(/\/+$/, '')}${themePreviewPath}`
    const context = deps.pages.context({ realm: null, serverUrl })
    const model = {
      pages: sampleStates(),
      mails: sampleMailNames,
      themes: themesToChoose(deps),
      theme,
      path,
    }
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
  app.get(`${themePreviewPath}/mail/:name`, (request, reply) => sendMail(deps, request, reply))
}

function sendMail(
  deps: ThemePreviewDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { theme: name } = asked(deps, request)
  const query = queryOf(request)
  const theme = name === undefined ? undefined : deps.themes.email.byName(name)
  const { name: mail = '' } = request.params as Record<string, string>
  const sample = sampleMail(mail, deps.texts, query.get('kc_locale') ?? 'en', theme)
  if (sample === undefined) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
  if (query.get('part') !== 'text') return sent(reply, withPictures(sample))
  return reply
    .header('cache-control', 'no-store')
    .type('text/plain;charset=utf-8')
    .send(`${sample.subject}\n\n${sample.text}`)
}

/** A browser finds no pictures beside a mail: they become part of it. */
function withPictures({ html, pictures = [] }: Omit<Mail, 'to'>): string {
  return pictures.reduce(
    (page, { cid, contentType, content }) =>
      page.replaceAll(`cid:${cid}`, `data:${contentType};base64,${content.toString('base64')}`),
    `<!doctype html>\n${html}`,
  )
}

/** Themes of pages and of mails go by one name. */
function themesToChoose({ themes: { login, email } }: ThemePreviewDeps) {
  const problems = new Map<string, string[]>()
  for (const theme of [...login.all, ...email.all]) {
    problems.set(theme.name, [...(problems.get(theme.name) ?? []), ...theme.problems])
  }
  return [...problems].map(([name, some]) => ({ name, problems: some }))
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
