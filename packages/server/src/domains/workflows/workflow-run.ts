import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'

/** Whom or what a workflow is run for. */
export type WorkflowResource =
  | { readonly type: 'USERS'; readonly userId: UserId }
  | { readonly type: 'CLIENTS'; readonly clientUuid: ClientUuid }

/** What may start, restart or end runs, as it waits to be looked at. */
export interface WaitingEvent {
  readonly id: number
  readonly event: string
  readonly userId: UserId | null
  /** Internal id of the client; its `clientId` where it authenticated. */
  readonly client: string | null
  /** Id of the role or group, alias of the identity provider, `clientId` of the application. */
  readonly about: string | null
  /** How many steps of workflows led to it, one causing the next. */
  readonly depth: number
}

/** A workflow that is active for a user or a client. */
export interface WorkflowRun {
  readonly id: string
  readonly realmId: RealmId
  readonly workflowId: string
  readonly resource: WorkflowResource
  /** The step that is next. */
  readonly stepId: string
  /** Milliseconds since the epoch by the database's clock. */
  readonly dueAt: number
  /** The step was put off: whether the workflow still applies is asked again. */
  readonly waited: boolean
  readonly depth: number
  readonly attempts: number
}

/** What one turn of the runner is about. */
export type WorkflowWork =
  | { readonly kind: 'events'; readonly realmId: RealmId }
  | { readonly kind: 'run'; readonly realmId: RealmId; readonly id: string }
  | { readonly kind: 'plan' | 'schedule'; readonly realmId: RealmId; readonly id: string }
