import type { Transaction } from '../../database/database.ts'
import { newUuid } from '../../shared/random.ts'
import { masterRealmName } from '../administration/administration.ts'
import type { Client } from '../clients/client.ts'
import type { Clients } from '../clients/clients.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { Roles } from '../roles/roles.ts'
import { realmAdministrationClient } from './defaults/clients.ts'
import { administrationRoles } from './defaults/roles.ts'
import { compositePairs, roleRows } from './realm-rows.ts'

type RealmName = Pick<Realm, 'id' | 'name'>

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

  /**
   * Makes the client with its roles, puts them into master's role `admin`, and remembers it in the realm's row. One that is
   * there already stays: it came with an import of master, since nobody else makes clients of such names there.
   */
  async add(tx: Transaction, { id: realmId, name: realmName }: RealmName): Promise<void> {
    const { realms, roles, clients } = this.#deps
    const master = await realms.byName(masterRealmName)
    if (!master || realmName === masterRealmName) return
    const clientId = `${realmName}-realm`
    const present = await clients.byClientId(master.id, clientId)
    if (present) {
      await realms.administerThrough(tx, realmId, present.id)
      return
    }
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
    await roles.addCompositesIn(tx, master.id, [...compositePairs(definitions, ids), ...inAdmin])
    await realms.administerThrough(tx, realmId, id)
  }

  /** Removes what `add` made. */
  async remove(tx: Transaction, realm: Realm): Promise<void> {
    const client = await this.#clientOf(realm)
    if (client) await this.#deps.clients.remove(tx, client)
  }

  /** Follows a realm that was renamed. */
  async rename(tx: Transaction, realm: Realm, to: string): Promise<void> {
    const client = await this.#clientOf(realm)
    if (!client) return
    const representation = { ...client.representation, name: `${to} Realm` }
    const renamed = { ...client, clientId: `${to}-realm`, representation }
    await this.#deps.clients.update(tx, renamed, client.clientId)
  }

  async #clientOf({ adminClients: { inMaster } }: Realm): Promise<Client | null> {
    const { realms, clients } = this.#deps
    const master = await realms.byName(masterRealmName)
    return master && inMaster ? await clients.byId(master.id, inMaster) : null
  }
}
