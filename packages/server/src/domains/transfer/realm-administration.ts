import type { Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import type { Clients } from '../clients/clients.ts'
import type { Realms } from '../realms/realms.ts'
import type { Roles } from '../roles/roles.ts'
import { masterRealmName } from './complete-realm.ts'
import { realmAdministrationClient } from './defaults/clients.ts'
import { administrationRoles } from './defaults/roles.ts'
import { compositePairs, roleRows } from './realm-rows.ts'

export interface RealmAdministrationDeps {
  readonly realms: Realms
  readonly roles: Roles
  readonly clients: Clients
}

/** The clients `{realm}-realm` in the master realm, through whose roles master's administrators administer each realm. */
export class RealmAdministration {
  readonly #deps: RealmAdministrationDeps

  constructor(deps: RealmAdministrationDeps) {
    this.#deps = deps
  }

  /** Makes the client with its roles and puts them into master's role `admin`. A client that is there already stays. */
  async add(tx: Transaction, realmName: string): Promise<void> {
    const { realms, roles, clients } = this.#deps
    const master = await realms.byName(masterRealmName)
    if (!master || realmName === masterRealmName) return
    const clientId = `${realmName}-realm`
    if (await clients.byClientId(master.id, clientId)) return
    const { id = newUuid(), ...client } = realmAdministrationClient(realmName, false)
    const { clientId: _, enabled: __, ...representation } = client
    await clients.insertAll(tx, [
      { id, realmId: master.id, clientId, enabled: true, representation },
    ])
    const definitions = { realm: [], client: { [clientId]: administrationRoles(clientId) } }
    const { rows, ids } = roleRows(definitions, new Map([[clientId, id]]))
    await roles.insertAll(tx, master.id, rows)
    const admin = await roles.byName(master.id, null, 'admin')
    const inAdmin = admin ? rows.map((row) => [admin.id, row.id] as const) : []
    await roles.addComposites(tx, master.id, [...compositePairs(definitions, ids), ...inAdmin])
  }

  /** Removes what `add` made. */
  async remove(tx: Transaction, realmName: string): Promise<void> {
    const { realms, clients } = this.#deps
    const master = await realms.byName(masterRealmName)
    const client = master && (await clients.byClientId(master.id, `${realmName}-realm`))
    if (client) await clients.remove(tx, client)
  }

  /** Follows a realm that was renamed. */
  async rename(tx: Transaction, from: string, to: string): Promise<void> {
    const { realms, clients } = this.#deps
    const master = await realms.byName(masterRealmName)
    const client = master && (await clients.byClientId(master.id, `${from}-realm`))
    if (!client) return
    const representation = { ...client.representation, name: `${to} Realm` }
    const renamed = { ...client, clientId: `${to}-realm`, representation }
    await clients.update(tx, renamed, client.clientId)
  }
}
