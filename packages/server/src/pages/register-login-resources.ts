import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LoginResources } from './login-resources.ts'

export interface LoginResourcesDeps {
  readonly resources: LoginResources
}

const cacheSeconds = 365 * 24 * 60 * 60

/**
 * `GET /resources/{version}/login/{theme}/{file}`. While nodes of two versions run side by side, a page of one may
 * ask the other for its styles: then the file is sent as well, but not to be kept.
 */
export function registerLoginResources(app: FastifyInstance, deps: LoginResourcesDeps): void {
  app.get(
    '/resources/:version/login/:theme/:file',
    (request: FastifyRequest, reply: FastifyReply) => {
      const { version, theme, file } = request.params as Record<string, string>
      const resource = theme === 'holdfast' ? deps.resources.file(file ?? '') : undefined
      if (resource === undefined) {
        return reply.code(404).send({ error: 'HTTP 404 Not Found' })
      }
      const isCurrent = version === deps.resources.version
      return reply
        .header('Cache-Control', isCurrent ? `max-age=${cacheSeconds}, immutable` : 'no-cache')
        .header('X-Content-Type-Options', 'nosniff')
        .type(resource.contentType)
        .send(resource.content)
    },
  )
}
