import type { IncomingMessage, ServerResponse } from 'node:http'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import type { Logger } from '../log/logger.ts'
import { requestContext } from '../log/request-context.ts'
import type { RequestScope } from '../log/request-scope.ts'
import { newUuid } from '../shared/random.ts'
import { ArrivingBodies, hasBody, throwAwayUnread } from './arriving-bodies.ts'
import { addBodyParsers, bodyBytesMax } from './body-parsers.ts'
import { createErrorHandler, type RefusalCount } from './error-handler.ts'
import type { HttpSettings } from './http-settings.ts'
import { RouteTable } from './route-table.ts'
import { addSecurityHeaders } from './security-headers.ts'

/** Longest path parameter: ids and names are at most 255 characters, encoded three times as long. */
const parameterLengthMax = 1024

/** No route has a JSON schema: the compilers for them would be a sixth of the start-up and are never loaded. */
const schemaController = {
  compilersFactory: { buildValidator: refuseSchemas, buildSerializer: refuseSchemas },
}

function refuseSchemas(): never {
  throw new Error('routes of this server have no JSON schema')
}

/** Hexadecimal digits of a UUID's last group. */
const countDigits = 12

export interface ListenerDeps {
  readonly settings: Pick<HttpSettings, 'relativePath'>
  readonly logger: Logger
  /** Told of every request, so that log lines can name it. */
  readonly requests?: Pick<RequestScope, 'run'> | undefined
  /** Whose request it is, for the same lines. */
  readonly clientAddress?: (request: FastifyRequest) => string
  /** What is arriving on all routers of the server; absent = on this one alone. */
  readonly arriving?: ArrivingBodies
  readonly outage?: RefusalCount
  /** Paths that are not there, since what they belong to is switched off. */
  readonly isOff?: ((path: string) => boolean) | undefined
  /** In small letters: headers that nobody sees, since what they are for is switched off. */
  readonly unseenHeaders?: readonly string[]
}

/**
 * Builds the router that all endpoints are registered on: body parsers, error answers, security headers, request ids.
 * It does not listen; see HttpServers.
 */
export function createListener({
  settings,
  logger,
  requests,
  clientAddress = () => '',
  arriving = new ArrivingBodies(),
  outage,
  isOff,
  unseenHeaders = [],
}: ListenerDeps): FastifyInstance {
  const { relativePath } = settings
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    genReqId: requestIds(),
    ...(relativePath === ''
      ? {}
      : { rewriteUrl: (request: IncomingMessage) => inside(request.url, relativePath) }),
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: false,
      caseSensitive: true,
      maxParamLength: parameterLengthMax,
      onBadUrl: (_path: string, _request: IncomingMessage, response: ServerResponse) => {
        response.writeHead(400, { 'content-type': 'application/json' })
        response.end('{"error":"HTTP 400 Bad Request"}')
      },
    },
    exposeHeadRoutes: true,
    return503OnClosing: false,
    schemaController,
  } as unknown as FastifyServerOptions) as FastifyInstance
  if (requests !== undefined) {
    app.addHook('onRequest', (request, _reply, done) => {
      requests.run(request.id, done, requestContext(request.url, clientAddress(request)))
    })
  }
  if (unseenHeaders.length > 0) {
    app.addHook('onRequest', (request, _reply, done) => {
      for (const name of unseenHeaders) delete request.raw.headers[name]
      done()
    })
  }
  if (isOff !== undefined) {
    app.addHook('onRequest', (request, reply, done) => {
      if (isOff(request.url)) reply.code(404).send({ error: 'HTTP 404 Not Found' })
      else done()
    })
  }
  app.addHook('preParsing', (request, _reply, payload, done) => {
    if (hasBody(request.raw)) arriving.follow(payload)
    done(null, payload)
  })
  addBodyParsers(app)
  app.setErrorHandler(createErrorHandler(logger, outage))
  answerUnknownPaths(app)
  app.addHook('onSend', (request, reply, payload, done) => {
    throwAwayUnread(request.raw)
    writeCharsetAsKeycloak(reply)
    if (!request.is404 || isOwnPath(request.url)) addSecurityHeaders(reply)
    done(null, payload)
  })
  return app
}

/**
 * @returns ids that no other process gives, in the form of UUIDs: the last group counts, for a random one for each request would
 * be 2 % of a short request
 */
function requestIds(): () => string {
  const own = newUuid().slice(0, -countDigits)
  let count = 0
  return () => own + (++count).toString(16).padStart(countDigits, '0')
}

/** The framework writes `; charset=utf-8` behind JSON, where Keycloak writes none, and with a space behind HTML. */
function writeCharsetAsKeycloak(reply: FastifyReply): void {
  const type = reply.getHeader('content-type')
  if (type === 'application/json; charset=utf-8') reply.header('content-type', 'application/json')
  else if (type === 'text/html; charset=utf-8') {
    reply.header('content-type', 'text/html;charset=utf-8')
  }
}

/** Takes the relative path off; what lies outside of it cannot match any route. */
function inside(url: string | undefined, relativePath: string): string {
  const path = url ?? '/'
  if (path.startsWith(`${relativePath}/`)) return path.slice(relativePath.length)
  if (path === relativePath || path.startsWith(`${relativePath}?`)) {
    return `/${path.slice(relativePath.length)}`
  }
  return '/.outside'
}

/** Paths under which Keycloak's own resources live: an unknown one among them is answered in their style. */
function isOwnPath(url: string): boolean {
  return /^\/(?:realms|admin)\//.test(url)
}

/** 404 for unknown paths, 405 for known ones with another method (discovery/other-paths.json). */
function answerUnknownPaths(app: FastifyInstance): void {
  const table = new RouteTable()
  app.addHook('onRoute', ({ url, method }) => table.add(url, method))
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const methods = table.methodsOf(path)
    reply.type('application/json')
    if (methods.size > 0) {
      reply.code(405).header('allow', [...methods].sort().join(', '))
      return reply.send('{"error":"HTTP 405 Method Not Allowed"}')
    }
    const error = isOwnPath(path)
      ? 'HTTP 404 Not Found'
      : 'Unable to find matching target resource method'
    return reply.code(404).send(JSON.stringify({ error }))
  })
}
