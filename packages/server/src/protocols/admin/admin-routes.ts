import type { AdminOperation } from '../../domains/events/admin-event.ts'
import type { AdminCall, ServerCall } from './admin-call.ts'
import type { Administrator } from './administrator.ts'
import type { Permission } from './permission.ts'
import type { QueryShape } from './query-parameters.ts'
import type { Answer } from './representations/answer.ts'
import type { BodyShape } from './request-body.ts'

/** The type of the body of routes that have none. */
export type NoBody = undefined

/** What an endpoint is, whatever it is about. */
interface EndpointParts<Body> {
  readonly body?: BodyShape<Body>
  /** Largest body, where it is not that of all endpoints. */
  readonly bodyBytesMax?: number
  /** Takes and gives YAML as well: `Accept` may name it alone. */
  readonly takesYaml?: true
  /** Query parameters that count, by name; others are passed over, as Keycloak does. Absent: none. */
  readonly query?: QueryShape
}

interface Reading<Body> extends EndpointParts<Body> {
  readonly method: 'GET'
  /** The JSON that is answered with. */
  readonly answer: Answer
}

interface Writing<Body> extends EndpointParts<Body> {
  readonly method: 'DELETE' | 'POST' | 'PUT'
  /** The JSON that is answered with. Absent: no body. */
  readonly answer?: Answer
}

type Endpoint<Body> = Reading<Body> | Writing<Body>

/** The admin event of an endpoint. Its handler hands `call.ownTrace()` to the verb, whose transaction writes it. */
export interface RouteEvent {
  readonly operation: AdminOperation
  /** Keycloak's name: `USER`, `CLIENT`, `REALM_ROLE_MAPPING`, …; absent where `call.describe` says it. */
  readonly resourceType?: string
  /**
   * Below the realm, with `:name` for path parameters. Absent: what the Location header of a 201 names, otherwise the
   * request's own path.
   */
  readonly path?: string
  /** Whether the body that was sent belongs to the event (secrets are always taken out). */
  readonly withoutBody?: boolean
  /** Whether the command changes no row: then the event is all that is written, before the answer is sent. */
  readonly isAll?: boolean
}

/** An endpoint below `/admin/realms/{realm}`. */
export type AdminRoute<Body = NoBody, Deps = unknown> = Endpoint<Body> & {
  /** Below the realm, e.g. `/users/:userId`; empty for the realm itself. */
  readonly path: string
  /** Who may use it; asked before anything of the body is read. */
  readonly may: Permission
  readonly event?: RouteEvent
  /**
   * Does the work. Returned values are sent as JSON with 200, `undefined` as 204; `created` and others answer by themselves.
   * Path parameters are checked here, after the permission.
   */
  handle(call: AdminCall<Body, Deps>): Promise<unknown>
}

/** An endpoint below `/admin` that is not about one realm, or not in the usual place. */
export type ServerRoute<Body = NoBody> = Endpoint<Body> & {
  /** Below `/admin`, e.g. `/serverinfo`. */
  readonly path: string
  /** Looked at before anybody is asked who they are. @throws HttpError */
  before?(params: Readonly<Record<string, string>>): Promise<void>
  /** Who may use it; asked before anything of the body is read. Absent: whoever is signed in. */
  may?(administrator: Administrator): Promise<boolean>
  handle(call: ServerCall<Body>): Promise<unknown>
}

/**
 * Every endpoint of Admin REST as data: resources add theirs, the router and the description of the interface read them.
 * `Deps` is what the calls of the endpoints are given; a resource takes the routes with its own.
 */
export class AdminRoutes<Deps = unknown> {
  /** Endpoints below a realm. */
  readonly ofRealms: AdminRoute<unknown, Deps>[] = []
  /** All others. */
  readonly ofServer: ServerRoute<unknown>[] = []

  add<Body = NoBody>(route: AdminRoute<Body, Deps>): void {
    this.ofRealms.push(route as AdminRoute<unknown, Deps>)
  }

  addToServer<Body = NoBody>(route: ServerRoute<Body>): void {
    this.ofServer.push(route as ServerRoute<unknown>)
  }
}
