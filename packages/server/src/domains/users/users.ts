import type { Fill, InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import { groupsTag } from '../groups/group-events.ts'
import { organizationsTag } from '../organizations/organization-events.ts'
import { isUniqueViolation, ModelError } from '../realms/model-error.ts'
import type { RoleReference } from '../roles/role.ts'
import { rolesTag } from '../roles/role-events.ts'
import type { ClientId, ClientUuid, RealmId, RoleId, UserId } from '../typed-ids.ts'
import { MembershipStore } from './membership-store.ts'
import type { User, UserMemberships } from './user.ts'
import {
  emailTag,
  serviceAccountTag,
  userChanged,
  usernameTag,
  usersChanged,
  usersTag,
  userTag,
} from './user-events.ts'
import type { FoundUser, UserSearch } from './user-search.ts'
import { UserSearchStore } from './user-search-store.ts'
import { type UserRow, UserStore } from './user-store.ts'

export interface UsersDeps {
  readonly database: Database
  /** Cache of users and misses, kind `users`. */
  readonly cache: InvalidationCache<User | null, Queryable>
  /** Cache of memberships, kind `users`. */
  readonly membershipsCache: InvalidationCache<UserMemberships, Queryable>
  /** Cache of which administration roles a user holds, kind `users`. */
  readonly heldRolesCache: InvalidationCache<readonly string[], Queryable>
}

/** The part of a realm that decides how users are named. */
interface NamingRules {
  readonly id: string
  readonly settings: { readonly loginWithEmailAllowed: boolean }
}

/** Longest statement that walks through the users of a realm. */
const unlinkTimeoutMs = 60_000

/**
 * Users of realms. All reads but searches go through the cache (kind `users`, tag `user:{id}`). Those that every token
 * request makes hand on the promise of the cache: each `async` around a value that is known costs turns of the queue.
 */
export class Users {
  readonly #deps: UsersDeps
  readonly #store = new UserStore()
  readonly #searches = new UserSearchStore()
  readonly #memberships = new MembershipStore()

  constructor(deps: UsersDeps) {
    this.#deps = deps
  }

  byId(realmId: RealmId, userId: UserId): Promise<User | null> {
    return this.#one(realmId, keyById(realmId, userId), userTag(userId), async (read) => {
      const rows = await this.#store.byIds(read, realmId, [userId])
      return rows[0] ?? null
    })
  }

  /** Reads SQL: for a login that has just changed its user, maybe on another node. */
  async fresh(realmId: RealmId, userId: UserId): Promise<User | null> {
    const rows = await this.#store.byIds(this.#deps.database, realmId, [userId])
    return rows[0] ?? null
  }

  /** @param username in any case */
  async byUsername(realmId: RealmId, username: string): Promise<User | null> {
    const name = username.toLowerCase()
    const tag = usernameTag(realmId, name)
    return await this.#one(realmId, tag, tag, (read) => this.#store.byUsername(read, realmId, name))
  }

  /** @param email in any case; where a realm allows duplicates, the oldest user with it */
  async byEmail(realmId: RealmId, email: string): Promise<User | null> {
    const address = email.toLowerCase()
    const tag = emailTag(realmId, address)
    return await this.#one(realmId, tag, tag, (read) => this.#store.byEmail(read, realmId, address))
  }

  /** As the login form takes it: user name, or e-mail where the realm allows it. */
  async byLogin(realm: NamingRules, login: string): Promise<User | null> {
    const name = login.trim()
    if (realm.settings.loginWithEmailAllowed && name.includes('@')) {
      const user = await this.byEmail(realm.id, name)
      if (user) return user
    }
    return await this.byUsername(realm.id, name)
  }

  serviceAccountOf(realmId: RealmId, clientUuid: ClientUuid): Promise<User | null> {
    const tag = serviceAccountTag(clientUuid)
    return this.#one(realmId, `${tag}:${realmId}`, tag, (read) =>
      this.#store.serviceAccountOf(read, realmId, clientUuid),
    )
  }

  /** As `serviceAccountOf`, seen by the caller's transaction. */
  async serviceAccountIn(tx: Transaction, realmId: RealmId, clientUuid: ClientUuid) {
    return await this.#store.serviceAccountOf(tx, realmId, clientUuid)
  }

  /** What a user is in and may do, all composites and ancestors included. */
  memberships(user: User): Promise<UserMemberships> {
    return this.#membershipsOf(user, 'memberships', true)
  }

  /** As `memberships`, with no role named: those of an administrator of thousands of realms are a long list. */
  async membershipsWithoutRoles(user: User): Promise<UserMemberships> {
    return await this.#membershipsOf(user, 'memberships-without-roles', false)
  }

  /**
   * Which of these roles a user holds, in any way. For permission checks: cheap also for an administrator of thousands of
   * realms, whose memberships would be a long list.
   * @param roles must always be the same for the same `purpose`, which names the cache entry
   */
  async heldOf(user: User, purpose: string, roles: readonly RoleReference[]): Promise<Set<string>> {
    const key = `held:${user.id}:${purpose}`
    const held = await this.#deps.heldRolesCache.load(key, async (read) => ({
      value: await this.#memberships.heldOf(
        read,
        user.id,
        roles.map((role) => role.id),
      ),
      ver: user.ver,
      idTag: userTag(user.id),
      tags: [
        userTag(user.id),
        rolesTag(user.realmId),
        groupsTag(user.realmId),
        usersTag(user.realmId),
      ],
    }))
    return new Set(held)
  }

  /** Whether a user holds a role in any way; uncached. */
  async holds(userId: UserId, roleId: RoleId): Promise<boolean> {
    const held = await this.#memberships.heldOf(this.#deps.database, userId, [roleId])
    return held.length > 0
  }

  /** One page of a search, uncached. */
  async find(search: UserSearch): Promise<FoundUser[]> {
    return await this.#searches.find(this.#deps.database, search)
  }

  /** Uncached; counts all that match. */
  async count(search: UserSearch): Promise<number> {
    return await this.#searches.count(this.#deps.database, search)
  }

  /** @returns ids by user name, in lower case, of those that exist; seen by the caller's transaction */
  async idsOf(
    tx: Transaction,
    realmId: RealmId,
    usernames: readonly string[],
  ): Promise<Map<string, string>> {
    const found = await this.#store.idsOf(tx, realmId, usernames)
    return new Map(found.map(({ id, username }) => [username, id]))
  }

  /** Whether there is a user with this id; seen by the caller's transaction. */
  async isIn(tx: Transaction, realmId: RealmId, id: UserId): Promise<boolean> {
    return (await this.#store.byIds(tx, realmId, [id])).length > 0
  }

  /**
   * Writes users in the caller's transaction.
   * @throws ModelError `duplicate`: `User exists with same username`, `… same email`
   */
  async insertAll(tx: Transaction, realmId: RealmId, users: readonly UserRow[]): Promise<void> {
    if (users.length === 0) return
    await orUserExists(() => this.#store.insertAll(tx, users))
    const [first] = users
    tx.append([first && users.length === 1 ? userChanged([first]) : usersChanged(realmId)])
  }

  /**
   * Changes a user under its row lock, in the caller's transaction.
   * @param duplicateEmailsAllowed of the realm
   * @returns the user as written
   * @throws ModelError `missing` or `duplicate`
   */
  async changeIn(
    tx: Transaction,
    realm: { id: string; settings: { duplicateEmailsAllowed: boolean } },
    userId: UserId,
    change: (user: User) => User,
  ): Promise<User> {
    const before = await this.#store.lock(tx, realm.id, userId)
    if (!before) throw new ModelError('missing', 'User not found')
    const after = { ...change(before), id: before.id, realmId: before.realmId, ver: before.ver }
    const emailKey = emailKeyOf(after.email, realm.settings.duplicateEmailsAllowed)
    const ver = await orUserExists(() => this.#store.update(tx, after, emailKey))
    if (ver === null) throw new ModelError('missing', 'User not found')
    tx.append([userChanged([after, before], ver)])
    return { ...after, ver }
  }

  /** As `changeIn`, in a transaction of its own. */
  async change(
    realm: { id: string; settings: { duplicateEmailsAllowed: boolean } },
    userId: UserId,
    change: (user: User) => User,
  ): Promise<User> {
    return await this.#deps.database.transaction((tx) => this.changeIn(tx, realm, userId, change))
  }

  /** Locks a user's row until the transaction ends. @returns the user, or null */
  async lockedIn(tx: Transaction, realmId: RealmId, userId: UserId): Promise<User | null> {
    return await this.#store.lock(tx, realmId, userId)
  }

  /** @returns ids of users whose `federationLink` names a component, in the caller's transaction */
  async linkedIn(tx: Transaction, realmId: RealmId, link: string, max: number): Promise<string[]> {
    return await this.#store.linkedTo(tx, realmId, link, max)
  }

  /** Makes all users whose `federationLink` names a component the realm's own. */
  async unlink(realmId: RealmId, link: string): Promise<void> {
    await this.#deps.database.transaction(
      async (tx) => {
        await this.#store.unlink(tx, realmId, link)
        tx.append([usersChanged(realmId)])
      },
      { statementTimeoutMs: unlinkTimeoutMs },
    )
  }

  /** @returns whether it existed */
  async remove(tx: Transaction, user: User): Promise<boolean> {
    const removed = await this.#store.remove(tx, user.realmId, user.id)
    if (removed) tx.append([userChanged([user])])
    return removed
  }

  #membershipsOf(user: User, kind: string, withRoles: boolean): Promise<UserMemberships> {
    return this.#deps.membershipsCache.load(`${kind}:${user.id}`, async (read) => {
      const { id, realmId, ver } = user
      const found = await this.#memberships.of(read, realmId, id, withRoles)
      const groups = found.groups.toSorted((a, b) => (a.path < b.path ? -1 : 1))
      const idTag = userTag(id)
      const tags = [
        idTag,
        rolesTag(realmId),
        groupsTag(realmId),
        organizationsTag(realmId),
        usersTag(realmId),
      ]
      return { value: { ...found, groups }, ver, idTag, tags }
    })
  }

  #one(
    realmId: RealmId,
    key: string,
    missTag: string,
    find: (read: Queryable) => Promise<User | null>,
  ): Promise<User | null> {
    return this.#deps.cache.load(key, async (read): Promise<Fill<User | null>> => {
      const user = await find(read)
      if (!user) {
        const tags = [missTag, usersTag(realmId)]
        return { value: null, ver: 0, idTag: `miss:${missTag}`, tags }
      }
      const { tags } = userChanged([user])
      const byId = keyById(realmId, user.id)
      return {
        value: user,
        ver: user.ver,
        idTag: userTag(user.id),
        tags: [...tags, usersTag(realmId)],
        // Who was found by name when a login began is asked for by id when it goes on.
        ...(key === byId ? {} : { alsoAs: [byId] }),
      }
    })
  }
}

const keyById = (realmId: RealmId, userId: UserId) => `user:${realmId}:${userId}`

/** @returns the user name of a client's service account */
export function serviceAccountName(clientId: ClientId): string {
  return `service-account-${clientId.toLowerCase()}`
}

/** @returns the value that is unique within a realm, or null where duplicates are allowed */
export function emailKeyOf(email: string | null, duplicateEmailsAllowed: boolean): string | null {
  return email === null || duplicateEmailsAllowed ? null : email.toLowerCase()
}

async function orUserExists<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    if (!isUniqueViolation(error)) throw error
    const what = error.constraint?.includes('email_key') ? 'email' : 'username'
    throw new ModelError('duplicate', `User exists with same ${what}`)
  }
}
