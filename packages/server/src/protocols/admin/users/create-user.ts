import type { Group } from '../../../domains/groups/group.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { User } from '../../../domains/users/user.ts'
import { emailKeyOf } from '../../../domains/users/users.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { type CredentialBody, type UserBody, userShape } from '../representations/user.ts'
import { setPassword } from './set-password.ts'
import { checkProfile, withBody } from './user-values.ts'

const nobody = { username: '', email: null, firstName: null, lastName: null, attributes: {} }

/** `POST /users`. */
export function registerCreateUser(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add<UserBody | undefined>({
    method: 'POST',
    path: '/users',
    may: anyOf(['manage-users']),
    body: userShape,
    handle: async (call) => {
      const { realm, body = {} as UserBody } = call
      const members = withBody(nobody, { ...body, attributes: body.attributes ?? {} }, realm)
      if (members.username === '') throw refused(400, 'User name is missing')
      checkProfile(realm, members, null)
      const groups = await groupsOf(deps, realm, body)
      const user: Omit<User, 'ver'> = {
        ...members,
        id: newUuid(),
        realmId: realm.id,
        emailVerified: body.emailVerified ?? false,
        enabled: body.enabled ?? false,
        createdTimestamp: body.createdTimestamp ?? deps.clock.now(),
        serviceAccountClientUuid: null,
        notBefore: body.notBefore ?? 0,
        requiredActions: [...new Set(body.requiredActions ?? [])],
      }
      await insert(deps, realm, user, groups)
      await setPasswords(call, { ...user, ver: 0 }, body.credentials ?? [])
      for (const { identityProvider, userId, userName } of body.federatedIdentities ?? []) {
        if (identityProvider === undefined || userId === undefined) continue
        const identity = { identityProvider, userId, userName: userName ?? null }
        await deps.federatedIdentities.add({ ...user, ver: 0 }, identity)
      }
      call.record('CREATE', 'USER', `users/${user.id}`, body)
      return created(call.reply, `${call.realmUrl}/users/${user.id}`)
    },
  })
}

async function insert(
  deps: AdminDeps,
  realm: Realm,
  user: Omit<User, 'ver'>,
  groups: readonly Group[],
): Promise<void> {
  const emailKey = emailKeyOf(user.email, realm.settings.duplicateEmailsAllowed)
  const roleIds = [realm.defaultRoleId]
  const groupIds = groups.map((group) => group.id)
  await deps.database.transaction(async (tx) => {
    await deps.users.insertAll(tx, realm.id, [{ ...user, emailKey, representation: {} }])
    await deps.userMemberships.addIn(tx, user.id, { roleIds, groupIds })
  })
}

/** A password that breaks the policy leaves no user behind. */
async function setPasswords(
  { deps, realm }: AdminCall<unknown>,
  user: User,
  credentials: readonly CredentialBody[],
): Promise<void> {
  try {
    for (const credential of credentials) {
      if (credential.value === undefined) continue
      await setPassword(deps, realm, user, credential.value, credential.temporary ?? false)
    }
  } catch (error) {
    await deps.database.transaction((tx) => deps.users.remove(tx, user))
    throw error
  }
}

/** The groups that a body names by path, and those that every new user of the realm joins. */
async function groupsOf(deps: AdminDeps, realm: Realm, body: UserBody): Promise<Group[]> {
  const groups = new Map<string, Group>()
  for (const path of body.groups ?? []) {
    const group = await deps.groups.byPath(realm.id, path)
    if (!group) throw badRequest(`Unable to find group specified by path: ${path}`)
    groups.set(group.id, group)
  }
  for (const path of realm.settings.defaultGroups ?? []) {
    const group = await deps.groups.byPath(realm.id, path)
    if (group) groups.set(group.id, group)
  }
  return [...groups.values()]
}
