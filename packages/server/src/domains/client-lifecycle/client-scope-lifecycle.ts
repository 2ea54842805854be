import type { Database, Transaction } from '../../database/database.ts'
import type { Clients } from '../clients/clients.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError } from '../realms/model-error.ts'
import type { ClientScope, Realm, RealmSettings } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import { requireMapperChoices, requireValidMappers } from '../realms/valid-mappers.ts'
import type { RealmId } from '../typed-ids.ts'

export interface ClientScopeLifecycleDeps {
  readonly database: Database
  readonly realms: Realms
  readonly clients: Clients
}

/** Which list of the realm's scopes for new clients. */
export type DefaultScopes = 'defaultDefaultClientScopes' | 'defaultOptionalClientScopes'

/** Longest name of a client scope, in characters. */
const nameLengthMax = 255
const attributesMax = 200
const attributeLengthMax = 4_000

/**
 * How client scopes come, change and go. Clients and the realm's defaults know them by name, so they follow in the same
 * transaction, which also holds the invalidation and the admin event.
 */
export class ClientScopeLifecycle {
  readonly #deps: ClientScopeLifecycleDeps

  constructor(deps: ClientScopeLifecycleDeps) {
    this.#deps = deps
  }

  /** @throws ModelError `duplicate` when the name is taken, `invalid` for a name or a size that may not be */
  async create(scope: Omit<ClientScope, 'ver'>, trace?: AdminTrace): Promise<void> {
    requireValid(scope)
    requireMapperChoices(scope.protocolMappers)
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.realms.addClientScope(tx, scope)
      await trace?.(tx)
    })
  }

  /** @throws ModelError `missing`, `duplicate`, `invalid`; what `change` throws */
  async change(
    realm: Realm,
    id: string,
    change: (scope: ClientScope) => ClientScope,
    trace?: AdminTrace,
  ): Promise<void> {
    const { database, realms, clients } = this.#deps
    await database.transaction(async (tx) => {
      const before = await realms.lockClientScope(tx, realm.id, id)
      if (!before) throw notThere()
      const after = { ...change(before), id, realmId: realm.id, ver: before.ver }
      requireValid(after)
      const known = new Set(before.protocolMappers)
      requireMapperChoices(after.protocolMappers.filter((mapper) => !known.has(mapper)))
      await realms.updateClientScope(tx, after)
      if (after.name !== before.name) {
        await clients.renameClientScope(tx, realm.id, before.name, after.name)
        await this.#renameDefault(tx, realm.id, before.name, after.name)
      }
      await trace?.(tx)
    })
  }

  /** @throws ModelError `missing` */
  async remove(realm: Realm, id: string, trace?: AdminTrace): Promise<void> {
    const { database, realms, clients } = this.#deps
    const scope = scopeOf(realm, id)
    await database.transaction(async (tx) => {
      if (!(await realms.removeClientScope(tx, realm.id, id))) throw notThere()
      await clients.renameClientScope(tx, realm.id, scope.name, null)
      await this.#renameDefault(tx, realm.id, scope.name, null)
      await trace?.(tx)
    })
  }

  /**
   * Puts a scope on one of the realm's lists for new clients, or takes it off.
   * @param on a scope is on one of both lists only
   * @throws ModelError `missing`
   */
  async offer(
    realm: Realm,
    id: string,
    list: DefaultScopes,
    on: boolean,
    trace?: AdminTrace,
  ): Promise<void> {
    const { name } = scopeOf(realm, id)
    const other =
      list === 'defaultDefaultClientScopes'
        ? 'defaultOptionalClientScopes'
        : 'defaultDefaultClientScopes'
    const change = (settings: RealmSettings): RealmSettings => {
      if (!on) return { ...settings, [list]: settings[list].filter((each) => each !== name) }
      if (settings[list].includes(name) || settings[other].includes(name)) {
        throw new ModelError('conflict', 'The scope is offered already')
      }
      return { ...settings, [list]: [...settings[list], name] }
    }
    await this.#deps.database.transaction(async (tx) => {
      await this.#deps.realms.changeIn(tx, realm.id, (row) => ({
        ...row,
        settings: change(row.settings),
      }))
      await trace?.(tx)
    })
  }

  async #renameDefault(tx: Transaction, realmId: RealmId, from: string, to: string | null) {
    const renamed = (names: readonly string[]) =>
      names.flatMap((name) => (name === from ? (to === null ? [] : [to]) : [name]))
    await this.#deps.realms.changeIn(tx, realmId, (row) => ({
      ...row,
      settings: {
        ...row.settings,
        defaultDefaultClientScopes: renamed(row.settings.defaultDefaultClientScopes),
        defaultOptionalClientScopes: renamed(row.settings.defaultOptionalClientScopes),
      },
    }))
  }
}

const notThere = () => new ModelError('missing', 'Could not find client scope')

function scopeOf(realm: Realm, id: string): ClientScope {
  const scope = realm.clientScopes.find((each) => each.id === id)
  if (!scope) throw notThere()
  return scope
}

function requireValid(scope: Omit<ClientScope, 'ver'>): void {
  const { name, attributes, description = '', protocolMappers } = scope
  const invalid = (text: string) => new ModelError('invalid', text)
  if (!/^[^\s\\"]+$/.test(name) || name.length > nameLengthMax) {
    throw invalid(`Unexpected name "${name.slice(0, nameLengthMax)}" for ClientScope`)
  }
  const entries = Object.entries(attributes)
  const long = ([key, value]: [string, string]) =>
    key.length > nameLengthMax || value.length > attributeLengthMax
  if (entries.length > attributesMax || entries.some(long)) {
    throw invalid('The attributes of the client scope are too many or too long')
  }
  if (description.length > nameLengthMax) throw invalid('The description is too long')
  requireValidMappers(protocolMappers)
}
