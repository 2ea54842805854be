import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { AdminEvent } from '../events/admin-event.ts'
import type { EventOutbox, OutboxTrace, Timed } from '../events/event-outbox.ts'
import { KeptEvents } from '../events/kept-events.ts'
import type { LoginEvent } from '../events/login-event.ts'
import type { ModelChange, ModelWatch } from '../events/model-watch.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { RealmId } from '../typed-ids.ts'
import { type ActingWorkflow, actingWorkflows, type Interruption } from './acting-workflow.ts'
import { callsOf, negates } from './workflow-expression.ts'
import { type NewWorkflowEvent, WorkflowStore } from './workflow-store.ts'

/** Events of one realm that may wait; what comes then is dropped, and counted. */
const waitingOfRealmMax = 100_000
/** Steps that cause events that start workflows: beyond this they are taken to go round in a circle. */
const depthMax = 10

export interface WorkflowTriggersDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byId' | 'knownById'>
  /** Whether workflows are on at all. */
  readonly enabled: boolean
  readonly onDropped: (count: number) => void
  readonly onUnwritten: (error: unknown, waiting: number) => void
}

/**
 * What starts, restarts or ends runs of workflows: noted in the transaction that it happens in, or, for a login that writes
 * nothing, before its answer leaves. A realm without workflows notes nothing.
 */
export class WorkflowTriggers implements EventOutbox, ModelWatch, AsyncDisposable {
  readonly #deps: WorkflowTriggersDeps
  readonly #store = new WorkflowStore()
  readonly #kept: KeptEvents
  /** How deep the step is that a transaction belongs to. */
  readonly #depths = new WeakMap<Queryable, number>()
  #wake: () => void = () => undefined

  constructor(deps: WorkflowTriggersDeps) {
    this.#deps = deps
    this.#kept = new KeptEvents({ ...deps, write: (login) => this.#write(login) })
  }

  /** Tells the runner of this process of events, once they are committed. */
  onAsked(wake: () => void): void {
    this.#wake = wake
  }

  /** Says that what a transaction does is a step of a workflow. */
  within(tx: Transaction, depth: number): void {
    this.#depths.set(tx, depth)
  }

  mayWant(realmId: RealmId): boolean {
    return this.watches(realmId)
  }

  watches(realmId: RealmId): boolean {
    if (!this.#deps.enabled) return false
    const realm = this.#deps.realms.knownById(realmId)
    return realm === undefined || actingWorkflows(realm).some(({ enabled }) => enabled)
  }

  async tell(tx: Transaction, realmId: RealmId, changes: readonly ModelChange[]): Promise<void> {
    if (changes.length === 0) return
    const realm = await this.#deps.realms.byId(realmId)
    const wanted = changes.filter(({ event }) => realm && wants(realm, event))
    await this.#insert(tx, realmId, wanted.map(eventOf))
  }

  keep(login: Timed<LoginEvent>): void {
    if (loginEventOf(login.event) !== null) this.#kept.keep(login)
  }

  written(realmName: string): Promise<void> | undefined {
    return this.#kept.written(realmName)
  }

  async loginTrace(realmId: RealmId, type: string): Promise<OutboxTrace<Timed<LoginEvent>> | null> {
    const event = loginEvents[type]
    if (event === undefined || !(await this.#wants(realmId, event))) return null
    return async (tx, { event: login }) => {
      const found = loginEventOf(login)
      if (found) await this.#insert(tx, realmId, [found])
    }
  }

  async adminTrace(event: AdminEvent): Promise<OutboxTrace<Timed<AdminEvent>> | null> {
    const { realmId, resourceType, operationType, resourcePath, error } = event
    if (resourceType !== 'USER' || operationType !== 'CREATE' || error !== undefined) return null
    if (!(await this.#wants(realmId, 'user-created'))) return null
    const userId = resourcePath.split('/').at(-1) ?? ''
    return async (tx) =>
      await this.#insert(tx, realmId, [
        { event: 'user-created', userId, client: null, about: null },
      ])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept[Symbol.asyncDispose]()
  }

  async #wants(realmId: RealmId, event: string): Promise<boolean> {
    const realm = await this.#deps.realms.byId(realmId)
    return realm !== null && wants(realm, event)
  }

  async #write({ event: login }: Timed<LoginEvent>): Promise<void> {
    const found = loginEventOf(login)
    if (found === null || !(await this.#wants(login.realmId, found.event))) return
    await this.#deps.database.transaction((tx) => this.#insert(tx, login.realmId, [found]))
  }

  async #insert(
    tx: Transaction,
    realmId: RealmId,
    events: readonly NewWorkflowEvent[],
  ): Promise<void> {
    if (events.length === 0) return
    const depth = this.#depths.get(tx) ?? 0
    const bounds = { depth, waitingMax: waitingOfRealmMax }
    const written =
      depth <= depthMax && (await this.#store.insertEvents(tx, realmId, events, bounds))
    if (!written) this.#deps.onDropped(events.length)
    tx.onCommitted(() => this.#wake())
  }
}

/** Login events that are events of workflows too. */
const loginEvents: Readonly<Record<string, string>> = {
  LOGIN: 'user-authenticated',
  REGISTER: 'user-created',
  CLIENT_LOGIN: 'client-authenticated',
}

function loginEventOf(login: LoginEvent): NewWorkflowEvent | null {
  const event = loginEvents[login.type]
  if (event === undefined) return null
  const { userId = null, clientId = null } = login
  return event === 'client-authenticated'
    ? { event, userId: null, client: clientId, about: null }
    : { event, userId, client: null, about: clientId }
}

function eventOf(change: ModelChange): NewWorkflowEvent {
  if (change.event === 'client-created') {
    return { event: change.event, userId: null, client: change.clientUuid, about: null }
  }
  const { event, userId, about } = change
  return { event, userId, client: null, about }
}

const wanted = new WeakMap<Realm['components'], ReadonlySet<string>>()
const everything = '*'

function wants(realm: Realm, event: string): boolean {
  const before = wanted.get(realm.components)
  const names = before ?? namesOf(actingWorkflows(realm))
  if (before === undefined) wanted.set(realm.components, names)
  return names.has(event) || names.has(everything)
}

function namesOf(workflows: readonly ActingWorkflow[]): Set<string> {
  const expressions = workflows
    .filter(({ enabled }) => enabled)
    .flatMap(({ on, cancel, restart }): Interruption[] => [on, cancel, restart])
    .filter((one) => one !== null && one !== 'again')
  return new Set(
    expressions.flatMap((one) =>
      // `not user-created` is about every other event.
      negates(one) ? [everything] : callsOf(one).map(({ name }) => name),
    ),
  )
}
