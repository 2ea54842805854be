import type { Transaction } from '../../../database/database.ts'
import { newUuid } from '../../../shared/random.ts'
import { isAdministrationRole } from '../../administration/administration.ts'
import { ModelError } from '../../realms/model-error.ts'
import type { Realm } from '../../realms/realm.ts'
import type { Roles } from '../../roles/roles.ts'
import type { ClientId } from '../../typed-ids.ts'
import { compositePairs, roleRows } from '../realm-rows.ts'
import type { RoleRepresentation } from '../representation.ts'
import type { ImportPart } from './import-part.ts'
import type { PartialTarget, RealmParts } from './partial-target.ts'

export interface RolePartDeps {
  readonly roles: Pick<Roles, 'addCompositesIn' | 'insertAll' | 'removeIn' | 'rewriteIn'>
}

/** A role with its owner: the `clientId` of a client, null for the realm. */
interface OwnedRole {
  readonly clientId: ClientId | null
  readonly role: RoleRepresentation
}

/**
 * The roles of a partial import. Those by which realms are administered stay as they are. The realm's default role is not
 * made anew, for the realm would be without one: it takes over what is given.
 */
export class RolePart implements ImportPart<OwnedRole> {
  readonly items: readonly OwnedRole[]
  readonly listsTwice = true
  readonly #roles: RolePartDeps['roles']
  readonly #realm: Realm
  readonly #target: PartialTarget

  constructor(deps: RolePartDeps, realm: Realm, target: PartialTarget, given: RealmParts['roles']) {
    this.items = [
      ...given.realm.map((role) => ({ clientId: null, role })),
      ...Object.entries(given.client).flatMap(([clientId, roles]) =>
        roles.map((role) => ({ clientId, role })),
      ),
    ]
    this.#roles = deps.roles
    this.#realm = realm
    this.#target = target
  }

  typeOf({ clientId }: OwnedRole) {
    return clientId === null ? 'REALM_ROLE' : 'CLIENT_ROLE'
  }

  nameOf({ clientId, role }: OwnedRole): string {
    return clientId === null ? role.name : `${clientId}-->${role.name}`
  }

  shown({ role }: OwnedRole): object {
    return role
  }

  async present({ clientId, role }: OwnedRole): Promise<string | null> {
    const { realm, client } = this.#target.roleIds
    const known = clientId === null ? realm : client.get(clientId)
    return known?.get(role.name) ?? null
  }

  taken({ clientId, role }: OwnedRole): string {
    return clientId === null
      ? `Realm role '${role.name}' already exists.`
      : `Client role '${role.name}' for client '${clientId}' already exists.`
  }

  stays(owned: OwnedRole): boolean {
    return this.#administers(owned)
  }

  async remove(tx: Transaction, { clientId, role }: OwnedRole, id: string): Promise<void> {
    if (id === this.#realm.defaultRoleId) return
    const { realm, client } = this.#target.roleIds
    const known = clientId === null ? realm : client.get(clientId)
    // A client that was removed in the same import took its roles along.
    if (known?.get(role.name) !== id) return
    await this.#roles.removeIn(tx, this.#realm.id, id)
    known.delete(role.name)
  }

  async add(tx: Transaction, owned: readonly OwnedRole[]): Promise<string[]> {
    const administering = owned.find((each) => this.#administers(each))
    if (administering) {
      const name = this.nameOf(administering)
      throw new ModelError('invalid', `Roles that administer a realm are not imported: ${name}`)
    }
    const { roleIds, clientUuids } = this.#target
    const isDefault = ({ clientId, role }: OwnedRole) =>
      clientId === null && roleIds.realm.get(role.name) === this.#realm.defaultRoleId
    const rewritten = owned.filter(isDefault)
    const made = byOwner(owned.filter((each) => !isDefault(each)))
    const { rows, ids } = roleRows(made, clientUuids)
    await this.#roles.insertAll(tx, this.#realm.id, rows)
    for (const [name, id] of ids.realm) roleIds.add(null, name, id)
    for (const [clientId, names] of ids.client) {
      for (const [name, id] of names) roleIds.add(clientId, name, id)
    }
    await this.#roles.addCompositesIn(tx, this.#realm.id, compositePairs(made, roleIds))
    for (const { role } of rewritten) {
      const children = compositePairs({ realm: [role], client: {} }, roleIds)
      const { description = null, attributes = {} } = role
      await this.#roles.rewriteIn(
        tx,
        this.#realm.id,
        { id: this.#realm.defaultRoleId, description, attributes },
        children.map(([, child]) => child),
      )
    }
    return owned.map(({ clientId, role }) =>
      clientId === null ? roleIds.ofRealm(role.name) : (clientUuids.get(clientId) ?? ''),
    )
  }

  #administers({ clientId, role }: OwnedRole): boolean {
    const clientUuid = clientId === null ? null : (this.#target.clientUuids.get(clientId) ?? '')
    return isAdministrationRole(this.#realm, { clientUuid, clientId, name: role.name })
  }
}

/** Roles of a partial import get new ids: theirs may be those of another realm. */
function byOwner(owned: readonly OwnedRole[]) {
  const realm: RoleRepresentation[] = []
  const client: Record<string, RoleRepresentation[]> = {}
  for (const { clientId, role } of owned) {
    const list = clientId === null ? realm : (client[clientId] ?? [])
    list.push({ ...role, id: newUuid() })
    if (clientId !== null) client[clientId] = list
  }
  return { realm, client }
}
