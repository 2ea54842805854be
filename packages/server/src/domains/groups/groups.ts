import type { Database, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { requireBoundedAttributes } from '../realms/bounded-attributes.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Realms } from '../realms/realms.ts'
import type { Role } from '../roles/role.ts'
import type { GroupId, RealmId, RoleId } from '../typed-ids.ts'
import type { Group } from './group.ts'
import { groupsChanged } from './group-events.ts'
import { type GroupListing, GroupStore, groupDepthMax, type NewGroup } from './group-store.ts'

/** Longest name and description of a group, as Keycloak's columns. */
const textCharactersMax = 255

export interface GroupsDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byId' | 'changeIn'>
}

/** The tree of groups of a realm and the roles mapped to them. */
export class Groups {
  readonly #deps: GroupsDeps
  readonly #store = new GroupStore()

  constructor(deps: GroupsDeps) {
    this.#deps = deps
  }

  async byId(realmId: RealmId, id: GroupId): Promise<Group | null> {
    const rows = await this.#store.byIds(this.#deps.database, realmId, [id])
    return rows[0] ?? null
  }

  /** @returns those that exist, in no order */
  async byIds(realmId: RealmId, ids: readonly string[]): Promise<Group[]> {
    return ids.length === 0 ? [] : await this.#store.byIds(this.#deps.database, realmId, ids)
  }

  /**
   * Finds a group by its path. Names may contain `/`, so at each level every run of segments is a candidate name and
   * the shortest is tried first.
   * @param path `/company/engineering`, with or without the first slash
   */
  async byPath(realmId: RealmId, path: string): Promise<Group | null> {
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

  async count(realmId: RealmId, search: string | undefined, topOnly: boolean): Promise<number> {
    return await this.#store.count(this.#deps.database, realmId, search, topOnly)
  }

  /** Number of direct children by id; ids without children are absent. */
  async childCounts(ids: readonly string[]): Promise<Map<string, number>> {
    return ids.length === 0 ? new Map() : await this.#store.childCounts(this.#deps.database, ids)
  }

  /** These groups and everything that they are nested in. */
  async withAncestors(realmId: RealmId, ids: readonly string[]): Promise<Group[]> {
    return ids.length === 0
      ? []
      : await this.#store.withAncestors(this.#deps.database, realmId, ids)
  }

  /** Roles mapped directly to each of these groups. */
  async rolesOf(ids: readonly string[]): Promise<(Role & { groupId: GroupId })[]> {
    return ids.length === 0 ? [] : await this.#store.rolesOf(this.#deps.database, ids)
  }

  /** One page of the groups that have a role directly. */
  async withRole(realmId: RealmId, roleId: RoleId, first: number, max: number | null) {
    return await this.#store.withRole(this.#deps.database, realmId, roleId, first, max)
  }

  /** Writes groups, parents included, in the caller's transaction. */
  async insertAll(tx: Transaction, realmId: RealmId, groups: readonly NewGroup[]): Promise<void> {
    if (groups.length === 0) return
    for (const group of groups) requireShortGroup(group)
    await this.#store.insertAll(tx, realmId, groups)
    tx.append(groupsChanged(realmId))
  }

  /** @throws ModelError `duplicate` when a sibling has the name, `invalid` when nested too deep */
  async create(realmId: RealmId, group: NewGroup, trace?: AdminTrace): Promise<void> {
    requireShortGroup(group)
    await this.#deps.database.transaction(async (tx) => {
      if (group.parentId !== null) await this.#requireRoom(tx, realmId, group.parentId, 1)
      await orDuplicate(takenName(group), () => this.#store.insertAll(tx, realmId, [group]))
      tx.append(groupsChanged(realmId))
      await trace?.(tx)
    })
  }

  /**
   * Changes a group under its row lock. Where its path changes, the realm's default groups follow.
   * @param change gets the group as it is under the lock
   * @throws ModelError `missing`, or `duplicate` when a sibling has the name
   */
  async update(
    realmId: RealmId,
    id: GroupId,
    change: (present: Group) => Pick<Group, 'name' | 'description' | 'attributes'>,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      const present = await this.#locked(tx, realmId, id)
      await this.#write(tx, present, { ...present, ...change(present) })
      await trace?.(tx)
    })
  }

  /**
   * Nests a group, with all that is nested in it, in another one or at the top (null).
   * @throws ModelError `missing`, `duplicate`, or `invalid` when it would be nested in itself or too deep
   */
  async move(
    realmId: RealmId,
    id: GroupId,
    parentId: string | null,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      if (parentId !== null) {
        // Of two moves that would nest two groups in each other, the second one sees the first.
        const around = await this.#store.withAncestors(tx, realmId, [parentId])
        await this.#store.lock(tx, realmId, [id, ...around.map((group) => group.id)])
        const above = await this.#store.withAncestors(tx, realmId, [parentId])
        if (above.some((ancestor) => ancestor.id === id)) {
          throw new ModelError('invalid', 'A group cannot be moved into itself')
        }
        await this.#requireRoom(tx, realmId, parentId, await this.#store.heightOf(tx, id))
      }
      const present = await this.#locked(tx, realmId, id)
      await this.#write(tx, present, { ...present, parentId })
      await trace?.(tx)
    })
  }

  /**
   * Removes the group with everything nested in it, from the realm's default groups too.
   * @throws ModelError `missing`
   */
  async remove(realmId: RealmId, id: GroupId, trace?: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.removeIn(tx, realmId, id)
      await trace?.(tx)
    })
  }

  /** As `remove`, in the caller's transaction. */
  async removeIn(tx: Transaction, realmId: RealmId, id: GroupId): Promise<void> {
    const present = await this.#locked(tx, realmId, id)
    await this.#store.remove(tx, realmId, id)
    tx.append(groupsChanged(realmId))
    await this.#followDefaults(tx, realmId, present.path, null)
  }

  /** Maps roles, given as pairs (group, role). */
  async addRoles(tx: Transaction, realmId: RealmId, pairs: readonly (readonly [string, string])[]) {
    if (pairs.length === 0) return
    await this.#store.addRoles(tx, pairs)
    tx.append(groupsChanged(realmId))
  }

  /** Maps roles to a group. */
  async mapRoles(
    realmId: RealmId,
    groupId: GroupId,
    roleIds: readonly RoleId[],
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      const pairs = roleIds.map((id) => [groupId, id] as const)
      await this.addRoles(tx, realmId, pairs)
      await trace?.(tx)
    })
  }

  async removeRoles(
    realmId: RealmId,
    groupId: GroupId,
    roleIds: readonly RoleId[],
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.#store.removeRoles(tx, groupId, roleIds)
      tx.append(groupsChanged(realmId))
      await trace?.(tx)
    })
  }

  /** Lets new users of the realm join a group, or no longer. @throws ModelError `missing` */
  async changeDefault(
    realmId: RealmId,
    id: GroupId,
    joins: boolean,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      const { path } = await this.#locked(tx, realmId, id)
      await this.#changeDefaults(tx, realmId, (paths) => {
        const others = paths.filter((each) => each !== path)
        return joins ? [...others, path] : others
      })
      await trace?.(tx)
    })
  }

  async #locked(tx: Transaction, realmId: RealmId, id: GroupId): Promise<Group> {
    await this.#store.lock(tx, realmId, [id])
    const [group] = await this.#store.byIds(tx, realmId, [id])
    if (!group) throw new ModelError('missing', 'Could not find group by id')
    return group
  }

  async #write(tx: Transaction, present: Group, next: Group): Promise<void> {
    requireShortGroup(next)
    await orDuplicate(`Sibling group named '${next.name}' already exists.`, () =>
      this.#store.update(tx, next),
    )
    tx.append(groupsChanged(next.realmId))
    if (next.name === present.name && next.parentId === present.parentId) return
    const [now] = await this.#store.byIds(tx, next.realmId, [next.id])
    await this.#followDefaults(tx, next.realmId, present.path, now?.path ?? null)
  }

  /** @param height levels that are to be nested in the parent */
  async #requireRoom(tx: Transaction, realmId: RealmId, parentId: string, height: number) {
    const above = await this.#store.withAncestors(tx, realmId, [parentId])
    if (above.length + height > groupDepthMax) {
      throw new ModelError('invalid', 'Group is nested too deep')
    }
  }

  /** Default groups are kept as paths: they follow a group that has another path now, or none (null). */
  async #followDefaults(tx: Transaction, realmId: RealmId, from: string, to: string | null) {
    const concerned = (path: string) => path === from || path.startsWith(`${from}/`)
    await this.#changeDefaults(tx, realmId, (paths) =>
      paths.flatMap((path) => {
        if (!concerned(path)) return [path]
        return to === null ? [] : [`${to}${path.slice(from.length)}`]
      }),
    )
  }

  async #changeDefaults(
    tx: Transaction,
    realmId: RealmId,
    change: (paths: readonly string[]) => string[],
  ): Promise<void> {
    const { realms } = this.#deps
    const realm = await realms.byId(realmId)
    const known = realm?.settings.defaultGroups ?? []
    if (JSON.stringify(change(known)) === JSON.stringify(known)) return
    await realms.changeIn(tx, realmId, (row) => {
      const { defaultGroups: before = [], ...settings } = row.settings
      const defaultGroups = change(before)
      return {
        ...row,
        settings: defaultGroups.length > 0 ? { ...settings, defaultGroups } : settings,
      }
    })
  }

  async #descend(realmId: RealmId, parentId: string | null, rest: string[]): Promise<Group | null> {
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

function takenName(group: { parentId: string | null; name: string }): string {
  return group.parentId === null
    ? `Top level group named '${group.name}' already exists.`
    : `Sibling group named '${group.name}' already exists.`
}

/** @throws ModelError `invalid` when name, description or attributes are too long */
export function requireShortGroup({
  name,
  description,
  attributes,
}: Pick<Group, 'name' | 'description' | 'attributes'>): void {
  requireBoundedAttributes(attributes)
  if (name.length <= textCharactersMax && (description?.length ?? 0) <= textCharactersMax) return
  throw new ModelError(
    'invalid',
    `Name and description have at most ${textCharactersMax} characters`,
  )
}
