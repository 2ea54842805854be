import type { Database, Transaction } from '../../database/database.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Role } from '../roles/role.ts'
import type { Group } from './group.ts'
import { groupsChanged } from './group-events.ts'
import { type GroupListing, GroupStore, groupDepthMax, type NewGroup } from './group-store.ts'

export interface GroupsDeps {
  readonly database: Database
}

/** The tree of groups of a realm and the roles mapped to them. */
export class Groups {
  readonly #deps: GroupsDeps
  readonly #store = new GroupStore()

  constructor(deps: GroupsDeps) {
    this.#deps = deps
  }

  async byId(realmId: string, id: string): Promise<Group | null> {
    const rows = await this.#store.byIds(this.#deps.database, realmId, [id])
    return rows[0] ?? null
  }

  /** @returns those that exist, in no order */
  async byIds(realmId: string, ids: readonly string[]): Promise<Group[]> {
    return ids.length === 0 ? [] : await this.#store.byIds(this.#deps.database, realmId, ids)
  }

  /**
   * Finds a group by its path. Names may contain `/`, so at each level every run of segments is a candidate name and
   * the shortest is tried first.
   * @param path `/company/engineering`, with or without the first slash
   */
  async byPath(realmId: string, path: string): Promise<Group | null> {
    const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/')
    if (segments[0] === '' || segments.length > groupDepthMax) return null
    return await this.#descend(realmId, null, segments)
  }

  /** One page of one level. */
  async list(listing: GroupListing): Promise<Group[]> {
    return await this.#store.list(this.#deps.database, listing)
  }

  /** One page of groups of any level that match. */
  async search(
    listing: Omit<GroupListing, 'parentId'>,
    attributes: Readonly<Record<string, string>> = {},
  ): Promise<Group[]> {
    return await this.#store.search(this.#deps.database, listing, attributes)
  }

  async count(realmId: string, search: string | undefined, topOnly: boolean): Promise<number> {
    return await this.#store.count(this.#deps.database, realmId, search, topOnly)
  }

  /** Number of direct children by id; ids without children are absent. */
  async childCounts(ids: readonly string[]): Promise<Map<string, number>> {
    return ids.length === 0 ? new Map() : await this.#store.childCounts(this.#deps.database, ids)
  }

  /** These groups and everything that they are nested in. */
  async withAncestors(realmId: string, ids: readonly string[]): Promise<Group[]> {
    return ids.length === 0
      ? []
      : await this.#store.withAncestors(this.#deps.database, realmId, ids)
  }

  /** Roles mapped directly to each of these groups. */
  async rolesOf(ids: readonly string[]): Promise<(Role & { groupId: string })[]> {
    return ids.length === 0 ? [] : await this.#store.rolesOf(this.#deps.database, ids)
  }

  /** One page of the groups that have a role directly. */
  async withRole(realmId: string, roleId: string, first: number, max: number | null) {
    return await this.#store.withRole(this.#deps.database, realmId, roleId, first, max)
  }

  /** Writes groups, parents included, in the caller's transaction. */
  async insertAll(tx: Transaction, realmId: string, groups: readonly NewGroup[]): Promise<void> {
    if (groups.length === 0) return
    await this.#store.insertAll(tx, realmId, groups)
    tx.append(groupsChanged(realmId))
  }

  /** @throws ModelError `duplicate` when a sibling has the name, `invalid` when nested too deep */
  async create(realmId: string, group: NewGroup): Promise<void> {
    if (group.parentId !== null) {
      const above = await this.withAncestors(realmId, [group.parentId])
      if (above.length >= groupDepthMax) throw new ModelError('invalid', 'Group is nested too deep')
    }
    await this.#deps.database.transaction(async (tx) => {
      await orDuplicate(this.#taken(group), () => this.#store.insertAll(tx, realmId, [group]))
      tx.append(groupsChanged(realmId))
    })
  }

  /**
   * Compare-and-set on `group.ver`; also moves it when `parentId` changed.
   * @throws ModelError `missing`, `duplicate`, or `invalid` when it would be nested in itself
   */
  async update(group: Omit<Group, 'path'>): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      if (group.parentId !== null) {
        const above = await this.#store.withAncestors(tx, group.realmId, [group.parentId])
        if (above.some((ancestor) => ancestor.id === group.id)) {
          throw new ModelError('invalid', 'A group cannot be moved into itself')
        }
      }
      const taken = `Sibling group named '${group.name}' already exists.`
      const written = await orDuplicate(taken, () => this.#store.update(tx, group))
      if (!written) throw new ModelError('missing', 'Could not find group by id')
      tx.append(groupsChanged(group.realmId))
    })
  }

  /** Removes the group with everything nested in it. @returns whether it existed */
  async remove(realmId: string, id: string): Promise<boolean> {
    return await this.#deps.database.transaction(async (tx) => {
      const removed = await this.#store.remove(tx, realmId, id)
      if (removed) tx.append(groupsChanged(realmId))
      return removed
    })
  }

  /** Maps roles, given as pairs (group, role). */
  async addRoles(tx: Transaction, realmId: string, pairs: readonly (readonly [string, string])[]) {
    if (pairs.length === 0) return
    await this.#store.addRoles(tx, pairs)
    tx.append(groupsChanged(realmId))
  }

  async removeRoles(realmId: string, groupId: string, roleIds: readonly string[]): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#store.removeRoles(tx, groupId, roleIds)
      tx.append(groupsChanged(realmId))
    })
  }

  #taken(group: { parentId: string | null; name: string }): string {
    return group.parentId === null
      ? `Top level group named '${group.name}' already exists.`
      : `Sibling group named '${group.name}' already exists.`
  }

  async #descend(realmId: string, parentId: string | null, rest: string[]): Promise<Group | null> {
    const candidates = rest.map((_, index) => rest.slice(0, index + 1).join('/'))
    const found = await this.#store.byNames(this.#deps.database, realmId, parentId, candidates)
    for (const [index, name] of candidates.entries()) {
      const group = found.find((one) => one.name === name)
      if (!group) continue
      if (index === rest.length - 1) return group
      const below = await this.#descend(realmId, group.id, rest.slice(index + 1))
      if (below) return below
    }
    return null
  }
}
