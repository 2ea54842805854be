import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import type { ModelWatch, UserChange } from '../events/model-watch.ts'
import type { Groups } from '../groups/groups.ts'
import type { Organization } from '../organizations/organization.ts'
import type { Organizations } from '../organizations/organizations.ts'
import { requireBoundedAttributes } from '../realms/bounded-attributes.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { ClientId, RealmId, UserId } from '../typed-ids.ts'
import { withoutPastReason } from '../users/disabled-reason.ts'
import { MembershipStore } from '../users/membership-store.ts'
import { changedProfile, type ProfileMembers, profileValuesOf } from '../users/profile-change.ts'
import { ProfileRejected, profileErrors } from '../users/profile-validation.ts'
import type { PatternMatches } from '../users/profile-validators.ts'
import { changedActions, defaultActionsOf } from '../users/required-action-ids.ts'
import type { User } from '../users/user.ts'
import type { ProfileRole } from '../users/user-profile.ts'
import { emailKeyOf, serviceAccountName, type Users } from '../users/users.ts'
import type { GivenUser } from './given-user.ts'
import type { NewUser } from './new-user.ts'
import { NewUserStore } from './new-user-store.ts'
import { PreparedCredentials } from './prepared-credentials.ts'

export interface UserLifecycleDeps {
  readonly database: Database
  readonly clock: Clock
  readonly users: Users
  readonly groups: Groups
  readonly organizations: Organizations
  readonly credentials: Credentials
  readonly sessions: Pick<Sessions, 'endAllOfIn'>
  readonly matches: PatternMatches
  readonly watch: ModelWatch
}

/** Who writes, and the record of it. */
export interface UserWrite {
  /** Whose rights of the realm's profile count. */
  readonly role: ProfileRole
  /** Client scopes of the request, where users write themselves. */
  readonly scopes?: readonly string[]
  readonly trace?: AdminTrace | undefined
  /** Address of somebody whom nobody knows yet: those take turns for a hash by it. */
  readonly from?: string | undefined
}

/** The client that a service account belongs to. */
interface AccountOwner {
  readonly id: string
  readonly clientId: ClientId
}

/** A change that another one came before is tried again this often. */
const attemptsMax = 40
/** Pause before the next, at random up to this much longer each time, so that one of several gets through; milliseconds. */
const pauseMs = 5
const pauseMaxMs = 100
/** Longest statement of a removal that takes many users along. */
const removalTimeoutMs = 60_000
/** Users whom one transaction removes where there may be many. */
const removedTogetherMax = 200
const updatePassword = 'UPDATE_PASSWORD'

/** Another write came between the check of a change and its transaction. */
class Overtaken extends Error {}

/**
 * How users come, change and go. Each verb is one transaction with everything that belongs to it: credentials,
 * memberships, the sessions that end, the invalidation, the admin event. What is refused leaves nothing behind.
 */
export class UserLifecycle {
  readonly #deps: UserLifecycleDeps
  readonly #memberships = new MembershipStore()
  readonly #store: NewUserStore

  constructor(deps: UserLifecycleDeps) {
    this.#deps = deps
    this.#store = new NewUserStore(deps.credentials.secrets)
  }

  /**
   * Makes a user with what the realm gives to everybody: its default role, groups and required actions.
   * @returns the user
   * @throws ModelError `duplicate`, or `invalid` for what it refers to; ProfileRejected; PasswordRejected; HashingQueueFull
   */
  async create(realm: Realm, given: GivenUser, write: UserWrite): Promise<User> {
    const { database, clock } = this.#deps
    const { members, values } = changedProfile(realm, write.role, null, given)
    await this.#check(realm, write, values, null)
    const id = given.id ?? newUuid()
    const actions = [...defaultActionsOf(realm), ...(given.requiredActions ?? [])]
    const user: User = {
      ...members,
      id,
      realmId: realm.id,
      emailVerified: given.emailVerified ?? false,
      enabled: given.enabled ?? false,
      createdTimestamp: given.createdTimestamp ?? clock.now(),
      serviceAccountClientUuid: null,
      notBefore: 0,
      requiredActions: changedActions(defaultActionsOf(realm), actions),
      ver: 0,
    }
    const credentials = await this.#prepared(realm, user, given, write)
    const groupIds = await this.#groupIdsOf(realm, given.groups ?? [])
    const written = withPasswordDuty(user, credentials)
    await database.transaction(async (tx) => {
      const added = { ...this.#rowOf(realm, written), groupIds: [...groupIds] }
      const whole = { ...added, federatedIdentities: given.federatedIdentities ?? [] }
      await this.insertIn(tx, realm.id, [whole])
      await this.#tell(tx, realm, whole)
      await credentials.storeIn(tx)
      await write.trace?.(tx)
    })
    return written
  }

  /** @returns the user that a client's service account is, for `insertIn` in the transaction that switches it on */
  async newServiceAccount(realm: Realm, client: AccountOwner): Promise<NewUser> {
    const user: User = {
      id: newUuid(),
      realmId: realm.id,
      username: serviceAccountName(client.clientId),
      email: null,
      emailVerified: false,
      firstName: null,
      lastName: null,
      enabled: true,
      createdTimestamp: this.#deps.clock.now(),
      serviceAccountClientUuid: client.id,
      notBefore: 0,
      attributes: {},
      requiredActions: defaultActionsOf(realm),
      ver: 0,
    }
    return { ...this.#rowOf(realm, user), groupIds: [...(await this.#groupIdsOf(realm, []))] }
  }

  /**
   * Writes new users as they are, with everything they bring: a statement for each table, whatever their number. All
   * users come into being here.
   * @throws ModelError `duplicate` when a name, address or credential is taken
   */
  async insertIn(tx: Transaction, realmId: RealmId, added: readonly NewUser[]): Promise<void> {
    if (added.length === 0) return
    for (const { user } of added) requireBoundedAttributes(user.attributes)
    await this.#deps.users.insertAll(
      tx,
      realmId,
      added.map(({ user }) => user),
    )
    const pairs = (of: (one: NewUser) => readonly string[]) =>
      added.flatMap((one) => of(one).map((id) => [one.user.id, id] as const))
    const owned = <T>(of: (one: NewUser) => readonly T[]) =>
      added.flatMap((one) => of(one).map((row) => ({ ...row, userId: one.user.id })))
    const roles = pairs(({ roleIds }) => roleIds)
    const groups = pairs(({ groupIds }) => groupIds)
    const credentials = added.flatMap((one) => one.credentials)
    const links = owned(({ federatedIdentities }) => federatedIdentities)
    const consents = owned((one) => one.consents)
    if (roles.length > 0) await this.#memberships.addRoles(tx, roles)
    if (groups.length > 0) await this.#memberships.addGroups(tx, groups)
    if (credentials.length > 0) {
      await orDuplicate('Credential already exists', () =>
        this.#store.insertCredentials(tx, credentials),
      )
    }
    if (links.length > 0) await this.#store.insertFederatedIdentities(tx, realmId, links)
    if (consents.length > 0) await this.#store.insertConsents(tx, consents)
  }

  /** Of what a new user is in and holds. */
  async #tell(tx: Transaction, { id: realmId }: Realm, added: NewUser): Promise<void> {
    const { watch } = this.#deps
    if (!watch.watches(realmId)) return
    const { user, roleIds, groupIds, federatedIdentities } = added
    const each = (event: UserChange['event'], about: readonly string[]) =>
      about.map((one): UserChange => ({ event, userId: user.id, about: one }))
    const aliases = federatedIdentities.map(({ identityProvider }) => identityProvider)
    await watch.tell(tx, realmId, [
      ...each('user-role-granted', roleIds),
      ...each('user-group-membership-added', groupIds),
      ...each('user-federated-identity-added', aliases),
    ])
  }

  /**
   * Changes a user: members that are given, the whole profile where `attributes` are. Disabling ends all sessions; enabling
   * forgets failed logins.
   * @throws ModelError `missing`, `duplicate` or `invalid`; ProfileRejected; PasswordRejected; HashingQueueFull
   */
  async update(realm: Realm, userId: UserId, given: GivenUser, write: UserWrite): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(realm, userId, given, write)
      } catch (error) {
        if (!(error instanceof Overtaken)) throw error
        if (attempt === attemptsMax) throw new ModelError('duplicate', 'User is being changed')
        await pause(Math.random() * Math.min(attempt * pauseMs, pauseMaxMs))
      }
    }
  }

  /** Removes a user with all that belongs to it. @throws ModelError `missing` */
  async remove(realm: Realm, user: User, trace?: AdminTrace): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.removeIn(tx, realm, user)
      await trace?.(tx)
    })
  }

  /** As `remove`, in the caller's transaction. */
  async removeIn(tx: Transaction, realm: Realm, user: User): Promise<void> {
    const { sessions, users } = this.#deps
    await sessions.endAllOfIn(tx, realm, user.id)
    if (!(await users.remove(tx, user))) throw new ModelError('missing', 'User not found')
  }

  /** Removes the users who came from elsewhere through a component (`federationLink`), some at a time. */
  async removeLinked(realm: Realm, link: string): Promise<void> {
    const { database, users } = this.#deps
    let removed = 0
    do {
      removed = await database.transaction(
        async (tx) => {
          const ids = await users.linkedIn(tx, realm.id, link, removedTogetherMax)
          for (const id of ids) {
            const user = await users.lockedIn(tx, realm.id, id)
            if (user) await this.removeIn(tx, realm, user)
          }
          return ids.length
        },
        { statementTimeoutMs: removalTimeoutMs },
      )
    } while (removed === removedTogetherMax)
  }

  /** Removes an organization with the users who exist for it alone. @throws ModelError `missing` */
  async removeOrganization(
    realm: Realm,
    organization: Organization,
    trace?: AdminTrace,
  ): Promise<void> {
    const { database, organizations, users } = this.#deps
    await database.transaction(
      async (tx) => {
        for (const id of await organizations.managedMembersIn(tx, organization)) {
          const user = await users.lockedIn(tx, realm.id, id)
          if (user) await this.removeIn(tx, realm, user)
        }
        await organizations.removeIn(tx, realm, organization)
        await trace?.(tx)
      },
      { statementTimeoutMs: removalTimeoutMs },
    )
  }

  /** Checked and hashed before the transaction; a row that changed meanwhile is looked at anew. */
  async #attempt(realm: Realm, userId: UserId, given: GivenUser, write: UserWrite) {
    const { database, users, sessions, credentials } = this.#deps
    const present = await users.fresh(realm.id, userId)
    if (!present) throw new ModelError('missing', 'User not found')
    requireBoundedAttributes(given.attributes ?? {})
    const { members, values } = changedProfile(realm, write.role, present, given)
    await this.#check(realm, write, values, profileValuesOf(present))
    const changed = withoutPastReason(present, withFlags({ ...present, ...members }, given))
    const prepared = await this.#prepared(realm, changed, given, write)
    await database.transaction(async (tx) => {
      await users.changeIn(tx, realm, userId, (row) => {
        if (row.ver !== present.ver) throw new Overtaken()
        return withPasswordDuty(changed, prepared)
      })
      await prepared.storeIn(tx)
      if (present.enabled && !changed.enabled) await sessions.endAllOfIn(tx, realm, userId)
      if (!present.enabled && changed.enabled) await credentials.failures.clearIn(tx, realm, userId)
      await write.trace?.(tx)
    })
  }

  async #check(
    realm: Realm,
    { role, scopes = [] }: UserWrite,
    values: ReturnType<typeof profileValuesOf>,
    before: ReturnType<typeof profileValuesOf> | null,
  ): Promise<void> {
    const { matches } = this.#deps
    const errors = await profileErrors({ realm, role, values, before, scopes, matches })
    if (errors.length > 0) throw new ProfileRejected(errors)
  }

  async #prepared(
    realm: Realm,
    user: User,
    given: GivenUser,
    { from }: UserWrite,
  ): Promise<PreparedCredentials> {
    const { credentials, clock } = this.#deps
    return await PreparedCredentials.of(
      { passwords: credentials.passwords, secrets: credentials.secrets, clock },
      realm,
      user,
      given.credentials ?? [],
      from,
    )
  }

  /** The groups of these paths, and those that every new user of the realm joins. */
  async #groupIdsOf(realm: Realm, paths: readonly string[]): Promise<Set<string>> {
    const { groups } = this.#deps
    const ids = new Set<string>()
    for (const path of paths) {
      const group = await groups.byPath(realm.id, path)
      if (!group) {
        throw new ModelError('invalid', `Unable to find group specified by path: ${path}`)
      }
      ids.add(group.id)
    }
    for (const path of realm.settings.defaultGroups ?? []) {
      const group = await groups.byPath(realm.id, path)
      if (group) ids.add(group.id)
    }
    return ids
  }

  #rowOf(realm: Realm, { ver: _, ...user }: User): NewUser {
    const emailKey = emailKeyOf(user.email, realm.settings.duplicateEmailsAllowed)
    return {
      user: { ...user, emailKey, representation: {} },
      roleIds: [realm.defaultRoleId],
      groupIds: [],
      credentials: [],
      federatedIdentities: [],
      consents: [],
    }
  }
}

function withFlags(user: User & ProfileMembers, given: GivenUser): User {
  return {
    ...user,
    enabled: given.enabled ?? user.enabled,
    emailVerified: given.emailVerified ?? user.emailVerified,
    requiredActions: given.requiredActions
      ? changedActions(user.requiredActions, given.requiredActions)
      : user.requiredActions,
  }
}

/** A temporary password has to be changed at the next login; one that is not ends that duty. */
function withPasswordDuty(user: User, { duty }: PreparedCredentials): User {
  if (duty === undefined) return user
  const others = user.requiredActions.filter((id) => id !== updatePassword)
  return { ...user, requiredActions: duty ? [...others, updatePassword] : others }
}
