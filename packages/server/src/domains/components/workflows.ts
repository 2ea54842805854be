import type { Database } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Component, Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { requireValidWorkflow } from './checked-workflow.ts'
import { type GivenWorkflow, workflowComponents, workflowType } from './workflow.ts'

export interface WorkflowsDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'addComponents' | 'removeComponent'>
}

/** The workflows of realms, kept as components with their steps below them. They are configuration only: nothing runs them. */
export class Workflows {
  readonly #deps: WorkflowsDeps

  constructor(deps: WorkflowsDeps) {
    this.#deps = deps
  }

  /** By name. */
  list({ components }: Realm): Component[] {
    return components
      .filter(({ providerType }) => providerType === workflowType)
      .toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
  }

  byId(realm: Realm, id: string): Component | undefined {
    return this.list(realm).find((one) => one.id === id)
  }

  /** @returns its id. @throws ModelError `invalid` */
  async create(realm: Realm, given: GivenWorkflow): Promise<string> {
    requireValidWorkflow(given, realm.components, null)
    const id = newUuid()
    const added = workflowComponents({ id, realmId: realm.id }, given, newUuid)
    await this.#deps.database.transaction((tx) =>
      this.#deps.realms.addComponents(tx, realm.id, added),
    )
    return id
  }

  /** Puts another one in its place, with steps of their own. @throws ModelError `invalid`, `missing` */
  async replace(realm: Realm, id: string, given: GivenWorkflow): Promise<void> {
    requireValidWorkflow(given, realm.components, id)
    const { database, realms } = this.#deps
    await database.transaction(async (tx) => {
      if (!(await realms.removeComponent(tx, realm.id, id))) throw missing(id)
      await realms.addComponents(
        tx,
        realm.id,
        workflowComponents({ id, realmId: realm.id }, given, newUuid),
      )
    })
  }

  /** @throws ModelError `missing` */
  async remove(realm: Realm, id: string): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      if (!(await this.#deps.realms.removeComponent(tx, realm.id, id))) throw missing(id)
    })
  }
}

function missing(id: string): ModelError {
  return new ModelError('missing', `Not a valid workflow resource: ${id}`)
}
