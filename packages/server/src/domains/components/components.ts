import type { Database, Transaction } from '../../database/database.ts'
import type { RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import { newUuid } from '../../shared/random.ts'
import type { Clients } from '../clients/clients.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { Groups } from '../groups/groups.ts'
import { keyProblem } from '../keys/key-problem.ts'
import type { KeyStock } from '../keys/key-stock.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Component, Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { isSecretMember, masked } from '../realms/secret-members.ts'
import type { Roles } from '../roles/roles.ts'
import {
  checkedComponent,
  grownConfig,
  isGeneratedSetting,
  withoutEmpty,
} from './checked-component.ts'
import type { ComponentSurroundings } from './component-provider.ts'
import { componentProvider } from './component-providers.ts'
import { eventListenerType, webhooksOfRealmMax } from './webhook-settings.ts'

export interface ComponentsDeps {
  readonly database: Database
  readonly realms: Realms
  readonly roles: Roles
  readonly groups: Groups
  readonly clients: Clients
  readonly keyStock: Pick<KeyStock, 'take'>
  readonly keyStores: Pick<RealmKeyStores, 'key'>
}

/** What an administrator says of a component; absent members stay as they are. */
export interface ComponentChange {
  readonly name?: string | undefined
  readonly parentId?: string | undefined
  readonly subType?: string | undefined
  readonly config?: Readonly<Record<string, readonly string[]>> | undefined
}

export interface NewComponent extends ComponentChange {
  readonly id?: string | undefined
  readonly providerType: string
  readonly providerId: string
}

/** Prepares the event of a change that is about to be made. */
type TraceOf = (component: Component) => Promise<AdminTrace>

/** How often a change is tried anew because another one came first. */
const attemptsMax = 10

/** Changing the components of a realm: its keys, user storage, registration policies. Realms load and cache them. */
export class Components {
  readonly #deps: ComponentsDeps

  constructor(deps: ComponentsDeps) {
    this.#deps = deps
  }

  /**
   * @returns the new component, which may have brought others below it
   * @throws ModelError `invalid` in Keycloak's words, `duplicate` when the id is taken
   */
  async create(realm: Realm, given: NewComponent, traceOf: TraceOf): Promise<Component> {
    const id = given.id ?? newUuid()
    requireRoom(realm, given.providerType)
    const component = await this.#checked(realm, {
      id,
      parentId: given.parentId ?? realm.id,
      providerType: given.providerType,
      providerId: given.providerId,
      ...(given.subType === undefined ? {} : { subType: given.subType }),
      ...(given.name === undefined ? {} : { name: given.name }),
      config: withoutEmpty(given.config ?? {}),
    })
    const provider = componentProvider(component.providerType, component.providerId)
    const added = [component, ...(provider?.children?.(component) ?? [])]
    const trace = await traceOf(component)
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.realms.addComponents(tx, realm.id, added)
      await trace(tx)
    })
    return component
  }

  /**
   * Changes a component setting by setting: what the change does not name stays, an empty list or text takes a setting away,
   * a masked secret stays, generated keys are nobody's to write. A key whose size or curve was changed is made anew.
   * @throws ModelError `missing`, or as `create`
   */
  async update(realm: Realm, id: string, change: ComponentChange, traceOf: TraceOf): Promise<void> {
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const row = await this.#deps.realms.componentRow(realm.id, id)
      if (!row) throw missing()
      const component = await this.#checked(realm, changed(row.component, change))
      const trace = await traceOf(component)
      const written = await this.#deps.database.transaction(async (tx) => {
        const first = await this.#deps.realms.writeComponent(tx, realm.id, { ...row, component })
        if (first) await trace(tx)
        return first
      })
      if (written) return
    }
    throw new ModelError('duplicate', 'The component is being changed by others')
  }

  /** Removes a component with everything below it. @throws ModelError `missing` */
  async remove(realm: Realm, id: string, trace: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx: Transaction) => {
      if (!(await this.#deps.realms.removeComponent(tx, realm.id, id))) throw missing()
      await trace(tx)
    })
  }

  async #checked(realm: Realm, component: Component): Promise<Component> {
    const { keyStock, keyStores } = this.#deps
    const checked = await checkedComponent(component, this.#surroundings(realm), keyStock)
    const problem = keyProblem(checked, realm.name, keyStores)
    if (problem !== null) throw new ModelError('invalid', problem)
    return checked
  }

  #surroundings(realm: Realm): ComponentSurroundings {
    const { roles, groups, clients } = this.#deps
    return {
      realmName: realm.name,
      clientScopeNames: new Set(realm.clientScopes.map(({ name }) => name)),
      hasGroup: async (path) => (await groups.byPath(realm.id, path)) !== null,
      hasRole: async (name) => {
        if (await roles.byName(realm.id, null, name)) return true
        const [clientId = '', ...rest] = name.split('.')
        const client = rest.length > 0 ? await clients.byClientId(realm.id, clientId) : null
        return client !== null && (await roles.byName(realm.id, client.id, rest.join('.'))) !== null
      },
    }
  }
}

/** @throws ModelError `invalid` when the realm has as many webhooks as it may have */
function requireRoom(realm: Realm, providerType: string): void {
  if (providerType !== eventListenerType) return
  const count = realm.components.filter((one) => one.providerType === providerType).length
  if (count < webhooksOfRealmMax) return
  throw new ModelError('invalid', `A realm has at most ${webhooksOfRealmMax} webhooks`)
}

const missing = () => new ModelError('missing', 'Could not find component')

function changed(present: Component, change: ComponentChange): Component {
  const config: Record<string, string[]> = { ...present.config }
  for (const [name, values] of Object.entries(change.config ?? {})) {
    const hidden = isSecretMember('component', name) && values[0] === masked
    if (hidden || isGeneratedSetting(present, name)) continue
    config[name] = [...values]
  }
  const next: Component = {
    ...present,
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.parentId === undefined ? {} : { parentId: change.parentId }),
    ...(change.subType === undefined ? {} : { subType: change.subType }),
    config: withoutEmpty(config),
  }
  return { ...next, config: grownConfig(next) }
}
