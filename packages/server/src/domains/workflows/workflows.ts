import type { Database, Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Component, Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { requireValidWorkflow, takenName } from './checked-workflow.ts'
import {
  type GivenWorkflow,
  workflowComponents,
  workflowNameOf,
  workflowSteps,
  workflowType,
} from './workflow.ts'
import { durationMs } from './workflow-duration.ts'
import { WorkflowStore } from './workflow-store.ts'

export interface WorkflowsDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'addComponents' | 'removeComponent'>
}

/** The workflows of realms, kept as components with their steps below them. */
export class Workflows {
  readonly #deps: WorkflowsDeps
  readonly #store = new WorkflowStore()

  constructor(deps: WorkflowsDeps) {
    this.#deps = deps
  }

  /** By name. */
  list({ components }: Realm): Component[] {
    return components
      .filter(({ providerType }) => providerType === workflowType)
      .toSorted((a, b) => ((workflowNameOf(a) ?? '') < (workflowNameOf(b) ?? '') ? -1 : 1))
  }

  byId(realm: Realm, id: string): Component | undefined {
    return this.list(realm).find((one) => one.id === id)
  }

  /** @returns its id. @throws ModelError `invalid` */
  async create(realm: Realm, given: GivenWorkflow): Promise<string> {
    requireValidWorkflow(given, realm.components, null)
    const id = newUuid()
    await this.#deps.database.transaction((tx) => this.#add(tx, realm, id, given, newUuid))
    return id
  }

  /**
   * Puts another one in its place. Where it is active for anybody, what starts it and its steps stay, and so do their ids.
   * @throws ModelError `invalid`, `missing`
   */
  async replace(realm: Realm, id: string, given: GivenWorkflow): Promise<void> {
    requireValidWorkflow(given, realm.components, id)
    const { database, realms } = this.#deps
    const present = this.byId(realm, id)
    const steps = workflowSteps(id, realm.components)
    await database.transaction(async (tx) => {
      await this.#store.lock(tx, realm.id)
      const isActive = await this.#store.anyRun(tx, id)
      if (isActive) requireSameCourse(present, steps, given)
      if (!(await realms.removeComponent(tx, realm.id, id))) throw missing(id)
      const stepId = (index: number) => (isActive ? steps[index]?.id : undefined) ?? newUuid()
      await this.#add(tx, realm, id, given, stepId)
    })
  }

  /** With its runs. @throws ModelError `missing` */
  async remove(realm: Realm, id: string): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#store.lock(tx, realm.id)
      if (!(await this.#deps.realms.removeComponent(tx, realm.id, id))) throw missing(id)
      await this.#store.endAllOf(tx, id)
    })
  }

  async #add(
    tx: Transaction,
    realm: Realm,
    id: string,
    given: GivenWorkflow,
    stepId: (index: number) => string,
  ): Promise<void> {
    const added = workflowComponents({ id, realmId: realm.id }, given, stepId)
    try {
      await this.#deps.realms.addComponents(tx, realm.id, added)
    } catch (error) {
      // Another one of the name came first.
      if (!(error instanceof ModelError) || error.reason !== 'duplicate') throw error
      throw takenName(given.name ?? '')
    }
    const everyMs = durationMs(given.schedule?.['after'] ?? '')
    if (everyMs !== null) await this.#store.schedule(tx, realm.id, id, everyMs)
  }
}

/** @throws ModelError `invalid` in Keycloak's words */
function requireSameCourse(
  present: Component | undefined,
  steps: readonly Component[],
  given: GivenWorkflow,
): void {
  if ((present?.config['on']?.[0] ?? '') !== (given.on ?? '')) {
    throw new ModelError(
      'invalid',
      "Cannot update 'on' configuration when there are scheduled resources for the workflow.",
    )
  }
  const next = given.steps ?? []
  const isSame =
    next.length === steps.length &&
    next.every(({ uses }, index) => uses === steps[index]?.providerId)
  if (isSame) return
  throw new ModelError(
    'invalid',
    'Cannot change the number or order of steps when there are scheduled resources for the workflow.',
  )
}

function missing(id: string): ModelError {
  return new ModelError('missing', `Not a valid workflow resource: ${id}`)
}
