import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import type { AdminEvent, AdminOperation, AdminTrace } from '../../domains/events/admin-event.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import { HttpError } from '../../http/http-error.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerForModel, notFound } from './admin-error.ts'
import type { Administrator, RealmRole } from './administrator.ts'
import { authenticate } from './authenticate.ts'
import { QueryParameters } from './query-parameters.ts'
import { type BodyShape, jsonBody } from './request-body.ts'
import { withoutSecrets } from './without-secrets.ts'

/** A request that has passed authentication and its permission check. */
export interface AdminCall<Body> {
  readonly deps: AdminDeps
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly administrator: Administrator
  /** The realm in the path. */
  readonly realm: Realm
  /** What the administrator may do in it. */
  readonly held: ReadonlySet<string>
  readonly query: QueryParameters
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
  /** `http://host/admin/realms/{realm}` for Location headers. */
  readonly realmUrl: string
  /** Records an admin event for this change. */
  record(
    operation: AdminOperation,
    resourceType: string,
    resourcePath: string,
    representation?: unknown,
  ): void
  /** As `record`, for a verb that writes the event in the transaction of its change. */
  trace(
    operation: AdminOperation,
    resourceType: string,
    resourcePath: string,
    representation?: unknown,
  ): Promise<AdminTrace>
}

/** An endpoint below `/admin/realms/{realm}`. */
export interface AdminRoute<Body> {
  readonly method: HTTPMethods
  /** Below the realm, e.g. `/users/:userId`; empty for the realm itself. */
  readonly path: string
  /** Any of these roles lets the administrator in. */
  readonly anyOf: readonly RealmRole[]
  readonly body?: BodyShape<Body>
  /**
   * Does the work. Returned values are sent as JSON with 200, `undefined` as 204; `created` and others answer by themselves.
   * Path parameters are checked here, after the permission.
   */
  handle(call: AdminCall<Body>): Promise<unknown>
}

/** The type of the body of routes that have none. */
export type NoBody = undefined

const jsonType = 'application/json;charset=UTF-8'

/** Registers an endpoint with authentication, permission check, body check and Keycloak's answers around it. */
export function adminRoute<Body = NoBody>(
  app: FastifyInstance,
  deps: AdminDeps,
  route: AdminRoute<Body>,
): void {
  app.route({
    method: route.method,
    url: `/admin/realms/:realm${route.path}`,
    handler: async (request, reply) => {
      try {
        return await answer(deps, route, request, reply)
      } catch (error) {
        throw answerForModel(error)
      }
    },
  })
}

async function answer<Body>(
  deps: AdminDeps,
  route: AdminRoute<Body>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const params = request.params as Record<string, string>
  requireAcceptsJson(request)
  const administrator = await authenticate(deps, request, reply)
  const realm = await deps.realms.byName(params['realm'] ?? '')
  if (!realm) throw notFound('Realm not found.')
  const held = await administrator.require(realm, route.anyOf)
  const body = (route.body ? jsonBody(request, route.body) : undefined) as Body
  const realmUrl = `${deps.urls.admin(request)}/admin/realms/${encodeURIComponent(realm.name)}`
  const eventOf = (
    operationType: AdminOperation,
    resourceType: string,
    resourcePath: string,
    representation: unknown,
  ): AdminEvent => ({
    realmId: realm.id,
    realmName: realm.name,
    operationType,
    resourceType,
    resourcePath,
    author: {
      realmId: administrator.realm.id,
      clientId: administrator.client.id,
      userId: administrator.user.id,
      ipAddress: deps.urls.clientAddress(request),
    },
    representation: withoutSecrets(representation),
  })
  const result = await route.handle({
    deps,
    request,
    reply,
    administrator,
    realm,
    held,
    query: new QueryParameters(request),
    params,
    body,
    realmUrl,
    record: (operation, type, path, content) =>
      deps.events.recordAdmin(eventOf(operation, type, path, content)),
    trace: (operation, type, path, content) =>
      deps.events.trace(eventOf(operation, type, path, content)),
  })
  return sendResult(reply, result)
}

/** @throws HttpError 406 for a client that takes no JSON */
function requireAcceptsJson({ headers: { accept } }: FastifyRequest): void {
  if (accept === undefined || accept === '') return
  const acceptable = /(?:^|,)\s*(?:\*\/\*|application\/(?:\*|json))\s*(?:[;,]|$)/i
  if (!acceptable.test(accept)) throw new HttpError(406, { error: 'HTTP 406 Not Acceptable' })
}

/** Sends what a handler returned: JSON, or nothing with 204; a reply that was sent already stays. */
export function sendResult(reply: FastifyReply, result: unknown): FastifyReply {
  if (reply.sent || result === reply) return reply
  if (result === undefined) return reply.code(204).send()
  return reply.header('cache-control', 'no-cache').type(jsonType).send(JSON.stringify(result))
}

/** Answers 201 with a Location. @param body sent along where Keycloak does */
export function created(reply: FastifyReply, location: string, body?: unknown): FastifyReply {
  reply.code(201).header('location', location)
  return body === undefined
    ? reply.header('content-length', '0').send()
    : reply.type(jsonType).send(JSON.stringify(body))
}
