import type { Database, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { Group } from '../groups/group.ts'
import { groupDepthMax } from '../groups/group-store.ts'
import { requireShortGroup } from '../groups/groups.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Role } from '../roles/role.ts'
import type { GroupId, OrganizationId, RealmId, RoleId, UserId } from '../typed-ids.ts'
import type { Organization } from './organization.ts'
import { organizationsChanged } from './organization-events.ts'
import type { NewOrganizationGroup, OrganizationGroup } from './organization-group.ts'
import {
  type OrganizationGroupListing,
  OrganizationGroupStore,
} from './organization-group-store.ts'

type Owner = Pick<Organization, 'id' | 'realmId'>
type Pairs = readonly (readonly [string, string])[]

/** The trees of groups inside organizations and the roles mapped to them. Who is in them is told by the users. */
export class OrganizationGroups {
  readonly #database: Database
  readonly #store = new OrganizationGroupStore()

  constructor(deps: { readonly database: Database }) {
    this.#database = deps.database
  }

  /** A group of any organization of the realm. */
  async byId(realmId: RealmId, id: string): Promise<OrganizationGroup | null> {
    const [group] = await this.#store.byIds(this.#database, realmId, [id])
    return group ?? null
  }

  /**
   * Finds a group by its path. Names may contain `/`: at each level every run of segments may be a name, the shortest first.
   * @param path `/company/engineering`, with or without the first slash
   */
  async byPath(organizationId: OrganizationId, path: string): Promise<OrganizationGroup | null> {
    const segments = path.replace(/^\//, '').replace(/\/$/, '').split('/')
    if (segments[0] === '' || segments.length > groupDepthMax) return null
    return await this.#descend(organizationId, null, segments)
  }

  /** One page of one level. @param parentId null = topmost */
  async list(listing: OrganizationGroupListing, parentId: string | null) {
    return await this.#store.list(this.#database, listing, parentId)
  }

  /** One page of groups of any level that match. */
  async search(
    listing: OrganizationGroupListing,
    attributes: Readonly<Record<string, string>> = {},
  ) {
    return await this.#store.search(this.#database, listing, attributes)
  }

  /** One page of the groups that a member is directly in. */
  async ofMember(listing: OrganizationGroupListing, userId: UserId) {
    return await this.#store.ofMember(this.#database, listing, userId)
  }

  /** These groups and everything that they are nested in. */
  async withAncestors(realmId: RealmId, ids: readonly string[]): Promise<OrganizationGroup[]> {
    return ids.length === 0 ? [] : await this.#store.withAncestors(this.#database, realmId, ids)
  }

  /** Number of direct children by id; ids without children are absent. */
  async childCounts(ids: readonly string[]): Promise<Map<string, number>> {
    return ids.length === 0 ? new Map() : await this.#store.childCounts(this.#database, ids)
  }

  /** Roles mapped directly to each of these groups. */
  async rolesOf(ids: readonly string[]): Promise<(Role & { groupId: GroupId })[]> {
    return ids.length === 0 ? [] : await this.#store.rolesOf(this.#database, ids)
  }

  /** Writes groups, parents included, with pairs (group, role), in the caller's transaction. */
  async insertIn(
    tx: Transaction,
    realmId: RealmId,
    groups: readonly NewOrganizationGroup[],
    roles: Pairs,
  ): Promise<void> {
    if (groups.length === 0) return
    for (const group of groups) requireShortGroup(group)
    await this.#store.insertAll(tx, realmId, groups)
    if (roles.length > 0) await this.#store.addRoles(tx, roles)
    tx.append([organizationsChanged(realmId)])
  }

  /** @throws ModelError `duplicate` when a sibling has the name, `invalid` when nested too deep */
  async create(realmId: RealmId, group: NewOrganizationGroup, trace?: AdminTrace): Promise<void> {
    requireShortGroup(group)
    const { organizationId, parentId } = group
    await this.#change({ id: organizationId, realmId }, trace, async (tx) => {
      if (parentId !== null) await this.#requireRoom(tx, realmId, parentId, 1)
      await orDuplicate(takenName(parentId), () => this.#store.insertAll(tx, realmId, [group]))
    })
  }

  /**
   * Changes a group.
   * @param change gets the group as it is under the lock
   * @throws ModelError `missing`; a database error (isUniqueViolation) when a sibling has the name
   */
  async update(
    owner: Owner,
    id: string,
    change: (present: Group) => Pick<Group, 'name' | 'description' | 'attributes'>,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#change(owner, trace, async (tx) => {
      const present = await this.#present(tx, owner, id)
      const next = { ...present, ...change(present) }
      requireShortGroup(next)
      const parentId = present.topmost ? null : present.parentId
      await this.#store.update(tx, { ...next, parentId })
    })
  }

  /**
   * Nests a group, with all that is nested in it, in another one of the organization or at its top (null).
   * @throws ModelError `missing`, `duplicate`, or `invalid` when it would be nested in itself or too deep
   */
  async move(owner: Owner, id: string, parentId: string | null, trace?: AdminTrace): Promise<void> {
    await this.#change(owner, trace, async (tx) => {
      const present = await this.#present(tx, owner, id)
      if (parentId !== null) {
        const above = await this.#store.withAncestors(tx, owner.realmId, [parentId])
        if (above.some((ancestor) => ancestor.id === id)) {
          throw new ModelError('invalid', 'A group cannot be moved into itself')
        }
        const height = await this.#store.heightOf(tx, id)
        await this.#requireRoom(tx, owner.realmId, parentId, height)
      }
      await orDuplicate(takenName(parentId), () => this.#store.update(tx, { ...present, parentId }))
    })
  }

  /** Removes the group with everything nested in it. @throws ModelError `missing` */
  async remove(owner: Owner, id: string, trace?: AdminTrace): Promise<void> {
    await this.#change(owner, trace, async (tx) => {
      if (!(await this.#store.remove(tx, owner.realmId, id))) throw missing()
    })
  }

  async mapRoles(owner: Owner, id: string, roleIds: readonly RoleId[], trace?: AdminTrace) {
    await this.#change(owner, trace, async (tx) => {
      const pairs = roleIds.map((role) => [id, role] as const)
      await this.#store.addRoles(tx, pairs)
    })
  }

  async removeRoles(owner: Owner, id: string, roleIds: readonly RoleId[], trace?: AdminTrace) {
    await this.#change(owner, trace, (tx) => this.#store.removeRoles(tx, id, roleIds))
  }

  /** Under the lock of the organization's tree, so that of two moves the second sees the first. */
  async #change(
    { id, realmId }: Owner,
    trace: AdminTrace | undefined,
    write: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (tx) => {
      await this.#store.lockTree(tx, id)
      await write(tx)
      tx.append([organizationsChanged(realmId)])
      await trace?.(tx)
    })
  }

  async #present(tx: Transaction, owner: Owner, id: string): Promise<OrganizationGroup> {
    const [group] = await this.#store.byIds(tx, owner.realmId, [id])
    if (!group || group.organizationId !== owner.id) throw missing()
    return group
  }

  /** @param height levels that are to be nested in the parent */
  async #requireRoom(tx: Transaction, realmId: RealmId, parentId: string, height: number) {
    const above = await this.#store.withAncestors(tx, realmId, [parentId])
    if (above.length === 0) throw missing()
    if (above.length + height > groupDepthMax) {
      throw new ModelError('invalid', 'Group is nested too deep')
    }
  }

  async #descend(
    organizationId: OrganizationId,
    parentId: string | null,
    rest: string[],
  ): Promise<OrganizationGroup | null> {
    const names = rest.map((_, index) => rest.slice(0, index + 1).join('/'))
    const found = await this.#store.byNames(this.#database, organizationId, parentId, names)
    for (const [index, name] of names.entries()) {
      const group = found.find((one) => one.name === name)
      if (!group) continue
      if (index === rest.length - 1) return group
      const below = await this.#descend(organizationId, group.id, rest.slice(index + 1))
      if (below) return below
    }
    return null
  }
}

function missing(): ModelError {
  return new ModelError('missing', 'Group does not exist')
}

function takenName(parentId: string | null): string {
  return parentId === null
    ? 'Group with the given name already exists.'
    : 'Sibling group with the given name already exists'
}
