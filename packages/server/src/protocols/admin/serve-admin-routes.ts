import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../domains/realms/realm.ts'
import { HttpError } from '../../http/http-error.ts'
import { Messages, ownTexts } from '../../pages/messages/messages.ts'
import { sendResult } from './admin-answer.ts'
import type { AdminCall, EventDetails, ServerCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerForModel, forbidden, notFound } from './admin-error.ts'
import type { AdminRoute, AdminRoutes, RouteEvent, ServerRoute } from './admin-routes.ts'
import type { Administrator } from './administrator.ts'
import { authenticate } from './authenticate.ts'
import { mayByFineGrained } from './fine-grained-routes.ts'
import { Permissions } from './permissions.ts'
import { QueryParameters } from './query-parameters.ts'
import { plainText } from './representations/answer.ts'
import { jsonBody } from './request-body.ts'
import { adminEvent, routeEvent } from './route-event.ts'

/** What is known of a request before its body is read. */
interface Admitted {
  readonly administrator: Administrator
  readonly realm?: Realm
  readonly permissions?: Permissions
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/**
 * Registers every endpoint with authentication, permission check, body check, admin event and Keycloak's answers around it.
 * Authentication and permission come first: of what a stranger sends, nothing is read.
 */
export function serveAdminRoutes(
  app: FastifyInstance,
  deps: AdminDeps,
  { ofRealms, ofServer }: AdminRoutes<AdminDeps>,
): void {
  const admitted = new WeakMap<FastifyRequest, Admitted>()
  const serve = (
    url: string,
    {
      method,
      bodyBytesMax,
      takesYaml,
      answer,
    }: Pick<AdminRoute<unknown, AdminDeps>, 'method' | 'bodyBytesMax' | 'takesYaml' | 'answer'>,
    admit: (request: FastifyRequest, reply: FastifyReply) => Promise<Admitted>,
    handler: Handler,
  ) =>
    app.route({
      method,
      url,
      ...(bodyBytesMax === undefined ? {} : { bodyLimit: bodyBytesMax }),
      onRequest: async (request, reply) => {
        // What is no JSON is sent as it is, whatever was asked for.
        if (answer !== plainText) requireAcceptable(request, takesYaml)
        admitted.set(request, await admit(request, reply))
      },
      handler: async (request, reply) => {
        try {
          return await handler(request, reply)
        } catch (error) {
          throw answerForModel(error, () => textsFor(deps, admittedOf(request).administrator))
        }
      },
    })
  const admittedOf = (request: FastifyRequest) => admitted.get(request) as Admitted
  for (const route of ofServer) {
    const handler: Handler = async (request, reply) =>
      await answerServer(route, request, reply, admittedOf(request))
    serve(
      `/admin${route.path}`,
      route,
      (...exchange) => admitServer(deps, route, ...exchange),
      handler,
    )
  }
  for (const route of ofRealms) {
    const handler: Handler = async (request, reply) =>
      await answerRealm(deps, route, request, reply, admittedOf(request) as Required<Admitted>)
    const url = `/admin/realms/:realm${route.path}`
    serve(url, route, (...exchange) => admitRealm(deps, route, ...exchange), handler)
  }
}

/** Keycloak's texts of its console, where it has them in that language. */
function textsFor(
  { themeTexts }: Pick<AdminDeps, 'themeTexts'>,
  { locale }: Administrator,
): Messages {
  return new Messages(locale, {}, (tag) => [themeTexts.of('admin', tag), ...ownTexts(tag)])
}

async function admitServer(
  deps: AdminDeps,
  { before, may }: ServerRoute<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Admitted> {
  await before?.(paramsOf(request))
  const administrator = await authenticate(deps, request, reply)
  if (may && !(await may(administrator))) throw forbidden()
  return { administrator }
}

async function admitRealm(
  deps: AdminDeps,
  route: AdminRoute<unknown, AdminDeps>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Admitted> {
  const params = paramsOf(request)
  const administrator = await authenticate(deps, request, reply)
  const realm = await deps.realms.byName(params['realm'] ?? '')
  if (!realm) throw notFound('Realm not found.')
  const { user, client } = administrator
  const held = await administrator.rolesFor(realm)
  const granted = async () => await deps.adminPermissions.of(realm, user, client)
  const permissions = new Permissions(deps, realm, held, granted)
  const asked = { administrator, realm, permissions, params }
  if (!(await route.may(asked)) && !(await mayByFineGrained(route, asked))) throw forbidden()
  return { administrator, realm, permissions }
}

async function answerServer(
  route: ServerRoute<unknown>,
  request: FastifyRequest,
  reply: FastifyReply,
  { administrator }: Admitted,
): Promise<FastifyReply> {
  return sendResult(reply, await route.handle(serverCall(route, request, reply, administrator)))
}

async function answerRealm(
  deps: AdminDeps,
  route: AdminRoute<unknown, AdminDeps>,
  request: FastifyRequest,
  reply: FastifyReply,
  { administrator, realm, permissions }: Required<Admitted>,
): Promise<FastifyReply> {
  const { events, urls } = deps
  let details: EventDetails = {}
  let isTraced = false
  const own = async (event: RouteEvent) => {
    isTraced = true
    return await events.trace(adminEvent(urls, call, routeEvent(route, event, call, details)))
  }
  const call: AdminCall<unknown, AdminDeps> = {
    ...serverCall(route, request, reply, administrator),
    deps,
    realm,
    permissions,
    held: permissions.held,
    realmUrl: `${urls.admin(request)}/admin/realms/${encodeURIComponent(realm.name)}`,
    describe: (more) => {
      details = { ...details, ...more }
    },
    ownTrace: async (more) => {
      if (!route.event) throw new Error(`${route.method} ${route.path} declares no event`)
      details = { ...details, ...more }
      return await own(route.event)
    },
    trace: async (operationType, resourceType, resourcePath, representation, said) => {
      const change = { operationType, resourceType, resourcePath, representation, details: said }
      return await events.trace(adminEvent(urls, call, change))
    },
  }
  const result = await route.handle(call)
  if (route.event?.isAll === true) await events.write(await own(route.event))
  if (route.event && !isTraced) throw new Error(`${route.method} ${route.path} wrote no event`)
  return sendResult(reply, result)
}

function serverCall(
  { body, query }: Pick<ServerRoute<unknown>, 'body' | 'query'>,
  request: FastifyRequest,
  reply: FastifyReply,
  administrator: Administrator,
): ServerCall {
  // Keycloak says so of most answers, and forgets it at some.
  reply.header('cache-control', 'no-cache')
  return {
    request,
    reply,
    administrator,
    query: new QueryParameters(request, query),
    params: paramsOf(request),
    body: body ? jsonBody(request, body) : undefined,
  }
}

function paramsOf(request: FastifyRequest): Record<string, string> {
  return request.params as Record<string, string>
}

/** @throws HttpError 406 for a client that takes no JSON */
function requireAcceptable({ headers: { accept } }: FastifyRequest, takesYaml = false): void {
  if (accept === undefined || accept === '') return
  const acceptable = /(?:^|,)\s*(?:\*\/\*|application\/(?:\*|json))\s*(?:[;,]|$)/i
  if (takesYaml && /application\/yaml/i.test(accept)) return
  if (!acceptable.test(accept)) throw new HttpError(406, { error: 'HTTP 406 Not Acceptable' })
}
