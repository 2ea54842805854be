import { createHash } from 'node:crypto'
import type { InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { ClientUuid, RealmId, RoleId } from '../typed-ids.ts'
import type { Role, RoleReference } from './role.ts'
import { rolesChanged, rolesTag } from './role-events.ts'
import { type NewRole, type RoleListing, RoleStore } from './role-store.ts'

/** Longest name and description, longest value and most attributes of a role, in characters. */
const nameLengthMax = 255
const valueLengthMax = 4_000
const attributesMax = 500

export interface RolesDeps {
  readonly database: Database
  /** Cache of single roles, kind `realms`. */
  readonly cache: InvalidationCache<Role | null, Queryable>
  /** Cache of expanded role sets, kind `realms`. */
  readonly setsCache: InvalidationCache<readonly RoleReference[], Queryable>
}

/** Roles, composites and scope mappings. Cached under tag `roles:{realmId}`: any change of roles drops all of the realm. */
export class Roles {
  readonly #deps: RolesDeps
  readonly #store = new RoleStore()

  constructor(deps: RolesDeps) {
    this.#deps = deps
  }

  async byId(realmId: RealmId, roleId: RoleId): Promise<Role | null> {
    return await this.#one(realmId, `role:${realmId}:${roleId}`, async (read) => {
      const rows = await this.#store.byIds(read, realmId, [roleId])
      return rows[0] ?? null
    })
  }

  async byName(
    realmId: RealmId,
    clientUuid: ClientUuid | null,
    name: string,
  ): Promise<Role | null> {
    const key = `role-name:${realmId}:${clientUuid ?? ''}:${name}`
    return await this.#one(realmId, key, (read) =>
      this.#store.byName(read, realmId, clientUuid, name),
    )
  }

  /** Drops what is cached of the roles of a realm that was removed. */
  forgetRealm(tx: Transaction, realmId: RealmId): void {
    tx.append(rolesChanged(realmId))
  }

  /** Uncached. @returns those that exist in the realm, in no order */
  async byIds(realmId: RealmId, ids: readonly string[]): Promise<Role[]> {
    return ids.length === 0 ? [] : await this.#store.byIds(this.#deps.database, realmId, ids)
  }

  /** Uncached; one page. */
  async list(listing: RoleListing): Promise<Role[]> {
    return await this.#store.list(this.#deps.database, listing)
  }

  /** One page of the roles of all clients, some ids left out. Uncached. */
  async ofClients(
    listing: Omit<RoleListing, 'clientUuid'>,
    without: readonly string[],
  ): Promise<Role[]> {
    return await this.#store.ofClients(this.#deps.database, listing, without)
  }

  /** These roles and all that their composites contain, each once. One recursive statement, cached. */
  async expand(realmId: RealmId, roleIds: readonly RoleId[]): Promise<RoleReference[]> {
    if (roleIds.length === 0) return []
    const digest = createHash('sha256').update(roleIds.toSorted().join()).digest('base64url')
    return await this.#set(realmId, `expand:${realmId}:${digest}`, (read) =>
      this.#store.expand(read, realmId, roleIds),
    )
  }

  /** Expanded roles in the scope mappings of a client or client scope (its id). Cached. */
  async inScopeOf(realmId: RealmId, containerId: string): Promise<RoleReference[]> {
    return await this.#set(realmId, `scope:${realmId}:${containerId}`, (read) =>
      this.#store.inScopeOf(read, realmId, containerId),
    )
  }

  /** All roles of a client. Cached: permission checks ask for the few of an administration client. */
  async ofClient(realmId: RealmId, clientUuid: ClientUuid): Promise<RoleReference[]> {
    return await this.#set(realmId, `of-client:${realmId}:${clientUuid}`, (read) =>
      this.#store.list(read, { realmId, clientUuid }),
    )
  }

  /** Roles directly in the scope mappings of a client or client scope. Uncached. */
  async mappedTo(realmId: RealmId, containerId: string): Promise<Role[]> {
    return await this.#store.mappedTo(this.#deps.database, realmId, containerId)
  }

  /** Direct children of a composite role. Uncached. */
  async compositesOf(roleId: RoleId, listing: Partial<RoleListing> = {}): Promise<Role[]> {
    return await this.#store.compositesOf(this.#deps.database, roleId, listing)
  }

  /** @throws ModelError `duplicate` when a name is taken */
  async insertAll(tx: Transaction, realmId: RealmId, roles: readonly NewRole[]): Promise<void> {
    if (roles.length === 0) return
    await orDuplicate('Role already exists', () => this.#store.insertAll(tx, realmId, roles))
    tx.append(rolesChanged(realmId))
  }

  /**
   * Makes a role with what it contains.
   * @throws ModelError `duplicate` when the name is taken, `invalid` for one that is too large
   */
  async create(
    realmId: RealmId,
    role: NewRole,
    childIds: readonly string[] = [],
    trace?: AdminTrace,
  ): Promise<void> {
    requireBounded(role)
    await this.#deps.database.transaction(async (tx) => {
      await orDuplicate(`Role with name ${role.name} already exists`, () =>
        this.#store.insertAll(tx, realmId, [role]),
      )
      const pairs = childIds.map((childId) => [role.id, childId] as const)
      await this.#store.addComposites(tx, pairs)
      tx.append(rolesChanged(realmId))
      await trace?.(tx)
    })
  }

  /**
   * Of two changes at once, the later builds on the earlier.
   * @param change gets the role as it is under the lock
   * @throws ModelError `missing`, `duplicate` or `invalid`
   */
  async update(
    realmId: RealmId,
    id: RoleId,
    change: (present: Role) => Role,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#changeIn(tx, realmId, id, change)
      tx.append(rolesChanged(realmId))
      await trace?.(tx)
    })
  }

  /** @throws ModelError `missing`, `duplicate` or `invalid` */
  async #changeIn(
    tx: Transaction,
    realmId: RealmId,
    id: RoleId,
    change: (present: Role) => Role,
  ): Promise<void> {
    const present = await this.#store.lock(tx, realmId, id)
    if (!present) throw new ModelError('missing', 'Could not find role')
    const role = change(present)
    requireBounded(role)
    const written = await orDuplicate(`Role with name ${role.name} already exists`, () =>
      this.#store.update(tx, role),
    )
    if (!written) throw new ModelError('missing', 'Could not find role')
  }

  /** @returns whether it existed */
  async remove(realmId: RealmId, roleId: RoleId, trace?: AdminTrace): Promise<boolean> {
    return await this.#deps.database.transaction(async (tx) => {
      const removed = await this.removeIn(tx, realmId, roleId)
      if (removed) await trace?.(tx)
      return removed
    })
  }

  /** As `remove`, in the caller's transaction. */
  async removeIn(tx: Transaction, realmId: RealmId, roleId: RoleId): Promise<boolean> {
    const removed = await this.#store.remove(tx, realmId, roleId)
    if (removed) tx.append(rolesChanged(realmId))
    return removed
  }

  /** Replaces everything of a role but its name, its children included. @throws ModelError `missing` or `invalid` */
  async rewriteIn(
    tx: Transaction,
    realmId: RealmId,
    given: Pick<NewRole, 'attributes' | 'description' | 'id'>,
    childIds: readonly string[],
  ): Promise<void> {
    await this.#changeIn(tx, realmId, given.id, (present) => ({ ...present, ...given }))
    const children = await this.#store.compositesOf(tx, given.id)
    await this.#store.removeComposites(
      tx,
      given.id,
      children.map(({ id }) => id),
    )
    await this.#store.addComposites(
      tx,
      childIds.map((childId) => [given.id, childId] as const),
    )
    tx.append(rolesChanged(realmId))
  }

  /** Puts children into a composite. */
  async addComposites(
    realmId: RealmId,
    roleId: RoleId,
    childIds: readonly string[],
    trace: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.addCompositesIn(
        tx,
        realmId,
        childIds.map((childId) => [roleId, childId] as const),
      )
      await trace(tx)
    })
  }

  /** Puts children into composites, given as pairs (composite, child). */
  async addCompositesIn(
    tx: Transaction,
    realmId: RealmId,
    pairs: readonly (readonly [string, string])[],
  ): Promise<void> {
    if (pairs.length === 0) return
    await this.#store.addComposites(tx, pairs)
    tx.append(rolesChanged(realmId))
  }

  async removeComposites(
    realmId: RealmId,
    roleId: RoleId,
    childIds: readonly string[],
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#store.removeComposites(tx, roleId, childIds)
      tx.append(rolesChanged(realmId))
      await trace?.(tx)
    })
  }

  /** Adds roles to the scope mappings of a client or client scope. */
  async addScopeMappings(
    realmId: RealmId,
    containerId: string,
    roleIds: readonly RoleId[],
    trace: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.addScopeMappingsIn(
        tx,
        realmId,
        roleIds.map((roleId) => [containerId, roleId] as const),
      )
      await trace(tx)
    })
  }

  /** Adds scope mappings, given as pairs (id of client or client scope, role). */
  async addScopeMappingsIn(
    tx: Transaction,
    realmId: RealmId,
    pairs: readonly (readonly [string, string])[],
  ): Promise<void> {
    if (pairs.length === 0) return
    await this.#store.addScopeMappings(tx, pairs)
    tx.append(rolesChanged(realmId))
  }

  async removeScopeMappings(
    realmId: RealmId,
    containerId: string,
    roleIds: readonly RoleId[],
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#store.removeScopeMappings(tx, containerId, roleIds)
      tx.append(rolesChanged(realmId))
      await trace?.(tx)
    })
  }

  async #one(realmId: RealmId, key: string, read: (read: Queryable) => Promise<Role | null>) {
    return await this.#deps.cache.load(key, async (source) => {
      const role = await read(source)
      const idTag = role ? `role:${role.id}` : `miss:${key}`
      return { value: role, ver: role?.ver ?? 0, idTag, tags: [rolesTag(realmId)] }
    })
  }

  async #set(realmId: RealmId, key: string, read: (read: Queryable) => Promise<RoleReference[]>) {
    const roles = await this.#deps.setsCache.load(key, async (source) => ({
      value: await read(source),
      ver: 0,
      idTag: `set:${key}`,
      tags: [rolesTag(realmId)],
    }))
    return [...roles]
  }
}

/** @throws ModelError `invalid` */
function requireBounded({
  name,
  description,
  attributes,
}: Omit<NewRole, 'id' | 'clientUuid'>): void {
  const values = Object.entries(attributes)
  const long = values.some(
    ([key, list]) =>
      key.length > nameLengthMax ||
      list.length > attributesMax ||
      list.some((value) => value.length > valueLengthMax),
  )
  if (
    name.length > nameLengthMax ||
    (description?.length ?? 0) > nameLengthMax ||
    values.length > attributesMax ||
    long
  ) {
    throw new ModelError('invalid', 'The role has a text that is too long, or too many attributes')
  }
}
