import type { Database, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { ModelWatch, UserChange } from '../events/model-watch.ts'
import type { MembershipType, Organization } from '../organizations/organization.ts'
import type { OrganizationGroup } from '../organizations/organization-group.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Role } from '../roles/role.ts'
import { containing } from '../roles/role-store.ts'
import type { GroupId, RoleId, UserId } from '../typed-ids.ts'
import { MembershipStore } from './membership-store.ts'
import type { User } from './user.ts'
import { userDetailsChanged } from './user-events.ts'

export interface UserMembershipChangesDeps {
  readonly database: Database
  readonly watch: ModelWatch
}

type WatchedUser = Pick<User, 'id' | 'realmId'>

/** Reading and changing what users are directly in and directly hold; the sums of it are `Users.memberships`. */
export class UserMembershipChanges {
  readonly #deps: UserMembershipChangesDeps
  readonly #store = new MembershipStore()

  constructor(deps: UserMembershipChangesDeps) {
    this.#deps = deps
  }

  async directRolesOf(userId: UserId): Promise<Role[]> {
    return await this.#store.directRolesOf(this.#deps.database, userId)
  }

  /** Ids of the groups that a user is directly in, a page ordered by name. */
  async groupIdsOf(
    userId: UserId,
    page: { search?: string | undefined; first?: number; max?: number | undefined } = {},
  ): Promise<string[]> {
    return await this.#store.groupIdsOf(this.#deps.database, userId, {
      search: page.search === undefined ? null : containing(page.search),
      first: page.first ?? 0,
      max: page.max ?? null,
    })
  }

  async addRoles(user: WatchedUser, roleIds: readonly RoleId[], trace?: AdminTrace): Promise<void> {
    await this.#change(user.id, trace, (tx) => this.addRolesIn(tx, user, roleIds))
  }

  /** As `addRoles`, in the caller's transaction. */
  async addRolesIn(tx: Transaction, user: WatchedUser, roleIds: readonly RoleId[]): Promise<void> {
    const pairs = roleIds.map((id) => [user.id, id] as const)
    await this.#store.addRoles(tx, pairs)
    tx.append([userDetailsChanged(user.id)])
    await this.#tell(tx, user, 'user-role-granted', roleIds)
  }

  async removeRoles(
    user: WatchedUser,
    roleIds: readonly RoleId[],
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#change(user.id, trace, (tx) => this.removeRolesIn(tx, user, roleIds))
  }

  /** As `removeRoles`, in the caller's transaction. */
  async removeRolesIn(
    tx: Transaction,
    user: WatchedUser,
    roleIds: readonly RoleId[],
  ): Promise<void> {
    await this.#store.removeRoles(tx, user.id, roleIds)
    tx.append([userDetailsChanged(user.id)])
    await this.#tell(tx, user, 'user-role-revoked', roleIds)
  }

  async join(user: WatchedUser, groupId: GroupId, trace?: AdminTrace): Promise<void> {
    await this.#change(user.id, trace, (tx) => this.joinIn(tx, user, groupId))
  }

  /** As `join`, in the caller's transaction. */
  async joinIn(tx: Transaction, user: WatchedUser, groupId: GroupId): Promise<void> {
    await this.#store.addGroups(tx, [[user.id, groupId]])
    tx.append([userDetailsChanged(user.id)])
    await this.#tell(tx, user, 'user-group-membership-added', [groupId])
  }

  async leave(user: WatchedUser, groupId: GroupId, trace?: AdminTrace): Promise<void> {
    await this.#change(user.id, trace, (tx) => this.leaveIn(tx, user, groupId))
  }

  /** As `leave`, in the caller's transaction. */
  async leaveIn(tx: Transaction, user: WatchedUser, groupId: GroupId): Promise<void> {
    await this.#store.removeGroup(tx, user.id, groupId)
    tx.append([userDetailsChanged(user.id)])
    await this.#tell(tx, user, 'user-group-membership-removed', [groupId])
  }

  /** @throws ModelError `duplicate` when the user is a member already */
  async joinOrganization(
    userId: UserId,
    { id, realmId }: Pick<Organization, 'id' | 'realmId'>,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#change(userId, trace, async (tx) => {
      if (await this.#store.joinOrganization(tx, realmId, userId, id)) return
      throw new ModelError('duplicate', 'User is already a member of the organization.')
    })
  }

  /** As `joinOrganization`, in the caller's transaction. */
  async joinOrganizationIn(
    tx: Transaction,
    userId: UserId,
    { id, realmId }: Pick<Organization, 'id' | 'realmId'>,
    type: MembershipType,
  ): Promise<void> {
    if (!(await this.#store.joinOrganization(tx, realmId, userId, id, type))) {
      throw new ModelError('duplicate', 'User is already a member of the organization.')
    }
    tx.append([userDetailsChanged(userId)])
  }

  /** For a member that exists without the organization too. @throws ModelError `missing` */
  async leaveOrganization(
    userId: UserId,
    { id }: Pick<Organization, 'id'>,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#change(userId, trace, async (tx) => {
      if (await this.#store.leaveOrganization(tx, userId, id)) return
      throw new ModelError('missing', 'HTTP 404 Not Found')
    })
  }

  /** Puts a member of the organization into one of its groups. @throws ModelError `duplicate` */
  async joinOrganizationGroup(
    userId: UserId,
    group: Pick<OrganizationGroup, 'id' | 'organizationId'>,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#change(userId, trace, async (tx) => {
      if (await this.#store.joinOrganizationGroup(tx, userId, group)) return
      throw new ModelError('duplicate', 'User is already a member of the group')
    })
  }

  async leaveOrganizationGroup(
    userId: UserId,
    groupId: GroupId,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      if (!(await this.#store.leaveOrganizationGroup(tx, userId, groupId))) return
      tx.append([userDetailsChanged(userId)])
      await trace?.(tx)
    })
  }

  /** How many groups of organizations a user is in. */
  async organizationGroupCount(userId: UserId, search: string | undefined): Promise<number> {
    const pattern = search === undefined ? null : containing(search)
    return await this.#store.organizationGroupCount(this.#deps.database, userId, pattern)
  }

  async #tell(
    tx: Transaction,
    { id: userId, realmId }: WatchedUser,
    event: UserChange['event'],
    about: readonly string[],
  ): Promise<void> {
    const { watch } = this.#deps
    if (!watch.watches(realmId)) return
    await watch.tell(
      tx,
      realmId,
      about.map((one) => ({ event, userId, about: one })),
    )
  }

  async #change(
    userId: UserId,
    trace: AdminTrace | undefined,
    write: (tx: Transaction) => Promise<void>,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await write(tx)
      tx.append([userDetailsChanged(userId)])
      await trace?.(tx)
    })
  }
}
