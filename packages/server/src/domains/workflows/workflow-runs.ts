import type { Database, Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { RealmId } from '../typed-ids.ts'
import { type ActingStep, type ActingWorkflow, actingWorkflows } from './acting-workflow.ts'
import type { WorkflowConditions } from './workflow-conditions.ts'
import { durationMs } from './workflow-duration.ts'
import type { WorkflowEventMatching } from './workflow-event-matching.ts'
import type { WorkflowResource, WorkflowRun, WorkflowWork } from './workflow-run.ts'
import type { WorkflowSteps } from './workflow-steps.ts'
import { WorkflowStore } from './workflow-store.ts'
import type { WorkflowTriggers } from './workflow-triggers.ts'

export interface WorkflowRunsDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byId'>
  readonly matching: WorkflowEventMatching
  readonly conditions: WorkflowConditions
  readonly steps: WorkflowSteps
  readonly triggers: Pick<WorkflowTriggers, 'within'>
  readonly onStep: (outcome: WorkflowOutcome) => void
  readonly warn: (text: string) => void
}

/** What became of a step. */
export type WorkflowOutcome = 'done' | 'retried' | 'given_up' | 'cancelled'

/** Events that one transaction looks at. */
const eventsTogetherMax = 100
/** Users or clients that one turn of a schedule looks at to find its batch. */
const lookedAtMax = 10_000
const lookedAtTogetherMax = 500
/** How long the runs of a workflow rest that is switched off, until they are looked at again. */
const disabledRestMs = 60_000
/** Attempts at one step: the last one follows the first after some days. */
const attemptsMax = 20
const firstRetryMs = 10_000
const retryMsMax = 12 * 60 * 60_000
const errorCharactersMax = 500
/** Longest transaction: a step may delete a client with very many sessions. */
const stepTimeoutMs = 60_000

/**
 * Runs workflows. What happened waits in rows and is looked at realm by realm, in order; a run is a row that names its next
 * step. A step and the row that says that it is done are one transaction, so that each step is done once, whichever node
 * gets to it, and goes on elsewhere where a node dies.
 */
export class WorkflowRuns {
  readonly #deps: WorkflowRunsDeps
  readonly #store = new WorkflowStore()

  constructor(deps: WorkflowRunsDeps) {
    this.#deps = deps
  }

  /** For the runner. @param underWay ids of what is done here now */
  async due(
    limit: number,
    busy: readonly string[],
    underWay: readonly string[],
  ): Promise<WorkflowWork[]> {
    return await this.#store.due(this.#deps.database, limit, busy, underWay)
  }

  /** For the runner: does what is due. @returns whether this node did anything */
  async work(work: WorkflowWork): Promise<boolean> {
    if (work.kind === 'events') return await this.#lookAtEvents(work.realmId)
    if (work.kind === 'plan') return await this.#plan(work.realmId, work.id)
    if (work.kind === 'schedule') return await this.#turn(work.realmId, work.id)
    let worked = false
    while (await this.#step(work.id)) worked = true
    return worked
  }

  /** Starts a workflow for somebody, as if the event had come that starts it; later where `notBefore` says so. */
  async activate(
    realm: Realm,
    workflow: ActingWorkflow,
    resource: WorkflowResource,
    notBefore: string | undefined,
  ): Promise<void> {
    const delayMs = notBefore === undefined ? 0 : durationMs(notBefore)
    if (!workflow.enabled || delayMs === null) return
    await this.#deps.database.transaction(async (tx) => {
      const run = await this.#runOf(tx, realm.id, workflow, resource)
      if (run === undefined) await this.#start(tx, realm, workflow, { resource, delayMs, depth: 0 })
      else if (workflow.restart === 'again' && workflow.on !== null) {
        if (await this.#applies(realm, workflow, resource)) await this.#moveTo(tx, run, workflow, 0)
      }
    })
  }

  async deactivate(workflowId: string, resourceId: string): Promise<void> {
    const { database } = this.#deps
    await database.transaction((tx) => this.#store.endAllOf(tx, workflowId, resourceId))
  }

  /** Runs of a user or client, by the id of either. */
  async of(realmId: RealmId, resourceId: string): Promise<WorkflowRun[]> {
    return await this.#store.runsOf(this.#deps.database, realmId, resourceId)
  }

  /** Puts what waits before one step before another one, perhaps of another workflow. @throws ModelError `invalid` */
  async migrate(
    realm: Realm,
    from: { readonly workflow: ActingWorkflow; readonly stepId: string },
    to: { readonly workflow: ActingWorkflow; readonly stepId: string },
  ): Promise<void> {
    if (from.stepId === to.stepId) return
    const elsewhere = from.workflow.id !== to.workflow.id
    if (elsewhere && from.workflow.supports !== to.workflow.supports) {
      throw new ModelError(
        'invalid',
        'Cannot migrate scheduled resources between workflows that support different resource types.',
      )
    }
    const position = to.workflow.steps.findIndex(({ id }) => id === to.stepId)
    await this.#deps.database.transaction(async (tx) => {
      for (const run of await this.#store.runsAt(tx, from.workflow.id, from.stepId)) {
        if (elsewhere) await this.#requireEligible(realm, to.workflow, run)
        await this.#moveTo(tx, run, to.workflow, position)
      }
    })
  }

  /** Gives a scheduled workflow its first turn that came in with its realm. */
  async #plan(realmId: RealmId, id: string): Promise<boolean> {
    const { database, realms } = this.#deps
    const realm = await realms.byId(realmId)
    const workflow = realm && actingWorkflows(realm).find((one) => one.id === id)
    // One that cannot be read is looked at again after a while: until somebody changes it.
    const everyMs = workflow?.schedule?.everyMs ?? retryMsMax
    await this.#store.schedule(database, realmId, id, everyMs)
    return true
  }

  async #lookAtEvents(realmId: RealmId): Promise<boolean> {
    const { database, realms, matching, warn } = this.#deps
    const realm = await realms.byId(realmId)
    return await database.transaction(async (tx) => {
      // One node at a time: what starts a run comes before what ends it.
      const events = await this.#store.takeEvents(tx, realmId, eventsTogetherMax)
      for (const event of events) {
        const resource = realm && (await matching.resourceOf(realm, event))
        if (!realm || !resource) continue
        for (const workflow of actingWorkflows(realm)) {
          if (!workflow.enabled || workflow.supports !== resource.type) continue
          try {
            const matches = matching.matcher(realm, event)
            await this.#meet(tx, realm, workflow, { resource, depth: event.depth }, matches)
          } catch (error) {
            if (!(error instanceof ModelError)) throw error
            warn(`Realm ${realm.name}: workflow ${workflow.name}, ${event.event}: ${error.message}`)
          }
        }
      }
      await this.#store.removeEvents(
        tx,
        events.map(({ id }) => id),
      )
      return events.length > 0
    })
  }

  /** An event meets a workflow: it starts, restarts or ends the run, or does nothing. */
  async #meet(
    tx: Transaction,
    realm: Realm,
    workflow: ActingWorkflow,
    { resource, depth }: { readonly resource: WorkflowResource; readonly depth: number },
    matches: ReturnType<WorkflowEventMatching['matcher']>,
  ): Promise<void> {
    const run = await this.#runOf(tx, realm.id, workflow, resource)
    if (run === undefined) {
      if (workflow.on === null || !(await matches(workflow.on))) return
      await this.#start(tx, realm, workflow, { resource, delayMs: 0, depth })
      return
    }
    const interrupts = async (what: ActingWorkflow['cancel']) => {
      if (what === null) return false
      if (what !== 'again') return await matches(what)
      const again = workflow.on !== null && (await matches(workflow.on))
      return again && (await this.#applies(realm, workflow, resource))
    }
    if (await interrupts(workflow.restart)) await this.#moveTo(tx, run, workflow, 0)
    else if (await interrupts(workflow.cancel)) {
      await this.#store.end(tx, run.id)
      this.#deps.onStep('cancelled')
    }
  }

  async #start(
    tx: Transaction,
    realm: Realm,
    workflow: ActingWorkflow,
    given: {
      readonly resource: WorkflowResource
      readonly delayMs: number
      readonly depth: number
    },
  ): Promise<boolean> {
    const [first] = workflow.steps
    if (!first || !(await this.#applies(realm, workflow, given.resource))) return false
    const delayMs = given.delayMs > 0 ? given.delayMs : first.afterMs
    return await this.#store.begin(tx, {
      ...given,
      id: newUuid(),
      realmId: realm.id,
      workflowId: workflow.id,
      stepId: first.id,
      waited: delayMs > 0,
      delayMs,
    })
  }

  /** One step of a run. @returns whether another one of it may follow at once */
  async #step(runId: string): Promise<boolean> {
    const { database, onStep, warn } = this.#deps
    try {
      return await database.transaction((tx) => this.#stepIn(tx, runId), {
        statementTimeoutMs: stepTimeoutMs,
      })
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const attempts = await this.#putOff(runId, text.slice(0, errorCharactersMax))
      onStep(attempts >= attemptsMax ? 'given_up' : 'retried')
      warn(`A step of the workflow run ${runId} failed (attempt ${attempts}): ${text}`)
      return false
    }
  }

  async #stepIn(tx: Transaction, runId: string): Promise<boolean> {
    const { realms, steps, triggers, onStep } = this.#deps
    const run = await this.#store.take(tx, runId)
    if (run === null) return false
    const realm = await realms.byId(run.realmId)
    const workflow = realm && actingWorkflows(realm).find(({ id }) => id === run.workflowId)
    if (workflow?.enabled === false) {
      await this.#store.putOff(tx, run.id, disabledRestMs, null)
      return false
    }
    const position = workflow?.steps.findIndex(({ id }) => id === run.stepId) ?? -1
    const step = workflow?.steps[position]
    const goesOn =
      realm && step && (!run.waited || (await this.#applies(realm, workflow, run.resource)))
    if (!goesOn) {
      await this.#store.end(tx, run.id)
      onStep('cancelled')
      return false
    }
    if (step.uses === 'restart') return await this.#restart(tx, run, workflow, step)
    const next = workflow.steps[position + 1] ?? null
    triggers.within(tx, run.depth + 1)
    const remains = await steps.perform(tx, { realm, step, next }, run.resource)
    tx.onCommitted(() => onStep('done'))
    if (!remains || next === null) {
      await this.#store.end(tx, run.id)
      return false
    }
    return await this.#moveTo(tx, run, workflow, position + 1)
  }

  async #restart(
    tx: Transaction,
    run: WorkflowRun,
    workflow: ActingWorkflow,
    step: ActingStep,
  ): Promise<boolean> {
    const position = Number(step.config['position']?.[0] ?? '0')
    const waits = workflow.steps.slice(position).some(({ afterMs }) => afterMs > 0)
    if (workflow.steps[position] === undefined || !waits) {
      throw new ModelError('invalid', `Invalid position to restart workflow: ${position}`)
    }
    return await this.#moveTo(tx, run, workflow, position)
  }

  /** @returns whether the step is done at once */
  async #moveTo(
    tx: Transaction,
    run: WorkflowRun,
    workflow: ActingWorkflow,
    position: number,
  ): Promise<boolean> {
    const step = workflow.steps[position]
    if (!step) return false
    const { id: stepId, afterMs: delayMs } = step
    const waited = delayMs > 0
    await this.#store.moveTo(tx, run.id, { workflowId: workflow.id, stepId, waited, delayMs })
    return !waited
  }

  async #turn(realmId: RealmId, workflowId: string): Promise<boolean> {
    const { database, realms } = this.#deps
    const realm = await realms.byId(realmId)
    const workflow = realm && actingWorkflows(realm).find(({ id }) => id === workflowId)
    return await database.transaction(
      async (tx) => {
        const reached = await this.#store.takeTurn(tx, workflowId)
        if (reached === null) return false
        if (!realm || !workflow?.schedule) {
          await this.#store.endTurn(tx, workflowId, retryMsMax, '')
          return false
        }
        const next = workflow.enabled ? await this.#batch(tx, realm, workflow, reached) : reached
        await this.#store.endTurn(tx, workflowId, workflow.schedule.everyMs, next)
        return true
      },
      { statementTimeoutMs: stepTimeoutMs },
    )
  }

  /** Starts a workflow for those next in line that it applies to. @returns where the next turn goes on */
  async #batch(
    tx: Transaction,
    realm: Realm,
    workflow: ActingWorkflow,
    reached: string,
  ): Promise<string> {
    const most = workflow.schedule?.batchSize ?? 0
    let [started, lookedAt, key] = [0, 0, reached]
    while (lookedAt < lookedAtMax) {
      const limit = lookedAtTogetherMax
      const found = await this.#store.idle(tx, realm.id, workflow, key, limit)
      for (const { id, key: own } of found) {
        const resource: WorkflowResource =
          workflow.supports === 'USERS'
            ? { type: 'USERS', userId: id }
            : { type: 'CLIENTS', clientUuid: id }
        if (await this.#start(tx, realm, workflow, { resource, delayMs: 0, depth: 0 })) started += 1
        key = own
        if (started >= most) return key
      }
      if (found.length < limit) return ''
      lookedAt += found.length
    }
    return key
  }

  async #putOff(runId: string, error: string): Promise<number> {
    const { database } = this.#deps
    return await database.transaction(async (tx) => {
      const run = await this.#store.take(tx, runId)
      if (run === null) return 0
      const attempts = run.attempts + 1
      if (attempts >= attemptsMax) await this.#store.end(tx, runId)
      else {
        const delayMs = Math.min(firstRetryMs * 2 ** run.attempts, retryMsMax)
        await this.#store.putOff(tx, runId, delayMs, error)
      }
      return attempts
    })
  }

  async #runOf(
    tx: Transaction,
    realmId: RealmId,
    { id }: ActingWorkflow,
    resource: WorkflowResource,
  ): Promise<WorkflowRun | undefined> {
    const resourceId = resource.type === 'USERS' ? resource.userId : resource.clientUuid
    const runs = await this.#store.runsOf(tx, realmId, resourceId)
    return runs.find(({ workflowId }) => workflowId === id)
  }

  async #requireEligible(realm: Realm, workflow: ActingWorkflow, run: WorkflowRun): Promise<void> {
    if (await this.#applies(realm, workflow, run.resource)) return
    const { resource } = run
    const id = resource.type === 'USERS' ? resource.userId : resource.clientUuid
    throw new ModelError(
      'invalid',
      `Cannot migrate resource ${id} to workflow ${workflow.name} as it does not satisfy the workflow's activation conditions.`,
    )
  }

  async #applies(
    realm: Realm,
    { condition }: ActingWorkflow,
    resource: WorkflowResource,
  ): Promise<boolean> {
    return await this.#deps.conditions.apply(realm, condition, resource)
  }
}
