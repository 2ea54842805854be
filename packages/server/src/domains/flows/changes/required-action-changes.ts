import type { Database } from '../../../database/database.ts'
import type { AdminTrace } from '../../events/admin-event.ts'
import type { Providers } from '../../providers/providers.ts'
import { requireBoundedFlows } from '../../realms/bounded-flows.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { RequiredAction } from '../../realms/realm.ts'
import type { Realms } from '../../realms/realms.ts'
import type { RealmId } from '../../typed-ids.ts'

export interface RequiredActionChangesDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'changeIn'>
  readonly providers: Providers
}

type Actions = readonly RequiredAction[]

/** Changes of a realm's required actions, each in one transaction with its admin event. */
export class RequiredActionChanges {
  readonly #deps: RequiredActionChangesDeps

  constructor(deps: RequiredActionChangesDeps) {
    this.#deps = deps
  }

  /** Adds one behind all others. @throws ModelError `invalid` for an unknown one, `duplicate` for one that is there */
  async register(realmId: RealmId, id: string, name: string, trace: AdminTrace): Promise<void> {
    if (!this.#deps.providers.find('required-action', id)) {
      throw new ModelError('invalid', 'Required Action Provider with given providerId not found')
    }
    await this.#change(realmId, trace, (actions) => {
      if (actions.some(({ alias }) => alias === id)) {
        const message = 'A Required Action Provider with given alias already exists.'
        throw new ModelError('duplicate', message)
      }
      const priority = Math.max(0, ...actions.map((action) => action.priority)) + 1
      const added = { alias: id, name, providerId: id, enabled: true, defaultAction: false }
      return [...actions, { ...added, priority, config: {} }]
    })
  }

  /** @throws ModelError `missing` */
  async update(
    realmId: RealmId,
    alias: string,
    change: (present: RequiredAction) => RequiredAction,
    trace: AdminTrace,
  ): Promise<void> {
    await this.#change(realmId, trace, (actions) => {
      const present = requireAction(actions, alias)
      return actions.map((action) => (action === present ? change(present) : action))
    })
  }

  /** Changes places with the one before or behind; nothing at the end of the list. @throws ModelError `missing` */
  async move(realmId: RealmId, alias: string, towards: 'first' | 'last', trace: AdminTrace) {
    await this.#change(realmId, trace, (actions) => {
      const present = requireAction(actions, alias)
      const ordered = actions.toSorted((a, b) => a.priority - b.priority)
      const at = ordered.indexOf(present)
      const other = ordered[towards === 'first' ? at - 1 : at + 1]
      if (!other) return actions
      return actions.map((action) => {
        if (action === present) return { ...action, priority: other.priority }
        return action === other ? { ...action, priority: present.priority } : action
      })
    })
  }

  /** @throws ModelError `missing` */
  async remove(realmId: RealmId, alias: string, trace: AdminTrace): Promise<void> {
    await this.#change(realmId, trace, (actions) => {
      const present = requireAction(actions, alias)
      return actions.filter((action) => action !== present)
    })
  }

  async #change(realmId: RealmId, trace: AdminTrace, change: (actions: Actions) => Actions) {
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.realms.changeIn(tx, realmId, (row) => {
        const requiredActions = [...change(row.settings.requiredActions)]
        const settings = { ...row.settings, requiredActions }
        requireBoundedFlows(settings)
        return { ...row, settings }
      })
      await trace(tx)
    })
  }
}

function requireAction(actions: Actions, alias: string): RequiredAction {
  const action = actions.find((each) => each.alias === alias)
  if (!action) throw new ModelError('missing', 'Failed to find required action.')
  return action
}
