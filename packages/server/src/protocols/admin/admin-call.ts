import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AdminOperation, AdminTrace } from '../../domains/events/admin-event.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Administrator } from './administrator.ts'
import type { Permissions } from './permissions.ts'
import type { QueryParameters } from './query-parameters.ts'

/** A request that has passed authentication and its permission check. */
export interface ServerCall<Body = unknown> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly administrator: Administrator
  readonly query: QueryParameters
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly body: Body
}

/** What an admin event says of a change; what is absent follows from the route and the request. */
export interface EventDetails {
  /** Below the realm, without a slash in front. */
  readonly resourcePath?: string
  /** Keycloak's name: `USER`, `CLIENT`, `REALM_ROLE_MAPPING`, … */
  readonly resourceType?: string
  readonly representation?: unknown
  readonly details?: Readonly<Record<string, string>>
}

/**
 * A request below `/admin/realms/{realm}` that has passed authentication and its permission check. `Deps` is what the resource
 * says that it is made of; nothing else can be reached through the call.
 */
export interface AdminCall<Body = unknown, Deps = unknown> extends ServerCall<Body> {
  readonly deps: Deps
  /** The realm in the path. */
  readonly realm: Realm
  /** The administration roles that the administrator holds for it. */
  readonly held: ReadonlySet<string>
  /** What the administrator may do with single things in it. */
  readonly permissions: Permissions
  /** `http://host/admin/realms/{realm}` for Location headers. */
  readonly realmUrl: string
  /** What the route's admin event has to say beyond the route; a later call adds to earlier ones. */
  describe(event: EventDetails): void
  /** The route's admin event, for a verb that writes it in the transaction of its change. */
  ownTrace(event?: EventDetails): Promise<AdminTrace>
  /** An admin event that the route does not declare, for a verb that writes it in the transaction of its change. */
  trace(
    operation: AdminOperation,
    resourceType: string,
    resourcePath: string,
    representation?: unknown,
    details?: Readonly<Record<string, string>>,
  ): Promise<AdminTrace>
}
