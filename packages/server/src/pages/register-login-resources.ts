import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type LoginResources, ownTheme } from './login-resources.ts'
import { pageFileOf } from './themes/page-look-of.ts'
import type { ThemesOfKind } from './themes/themes.ts'

export interface LoginResourcesDeps {
  readonly resources: LoginResources
  readonly themes: Pick<ThemesOfKind, 'byName'>
}

const cacheSeconds = 365 * 24 * 60 * 60

/**
 * `GET /resources/{version}/login/{theme}/{path}`. While nodes of two versions run side by side, a page of one may
 * ask the other for its styles: then the file is sent as well, but not to be kept.
 */
export function registerLoginResources(app: FastifyInstance, deps: LoginResourcesDeps): void {
  app.get('/resources/:version/login/:theme/*', (request: FastifyRequest, reply: FastifyReply) => {
    const { version, theme = '', '*': file = '' } = request.params as Record<string, string>
    const chosen = theme === ownTheme ? undefined : deps.themes.byName(theme)
    const source = theme === ownTheme ? deps.resources : chosen
    const resource = chosen === undefined ? source?.file(file) : pageFileOf(chosen, file)
    if (resource === undefined) {
      return reply.code(404).send({ error: 'HTTP 404 Not Found' })
    }
    const isCurrent = version === source?.version
    return reply
      .header('Cache-Control', isCurrent ? `max-age=${cacheSeconds}, immutable` : 'no-cache')
      .header('X-Content-Type-Options', 'nosniff')
      .type(resource.contentType)
      .send(resource.content)
  })
}
