import type { GivenUser } from '../../../domains/user-lifecycle/given-user.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayJoin } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { type UserBody, userShape } from '../representations/user.ts'

type Deps = Pick<AdminDeps, 'administration' | 'groups' | 'roles' | 'userLifecycle'>

/** `POST /users`. */
export function registerCreateUser(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<UserBody | undefined>({
    method: 'POST',
    path: '/users',
    may: anyOf(['manage-users']),
    body: userShape,
    handle: async (call) => {
      const { realm, body } = call
      await requireMayJoinNamed(call, body?.groups ?? [])
      const id = newUuid()
      const given = { ...givenUser(body ?? {}), id, attributes: body?.attributes ?? {} }
      const trace = await call.trace('CREATE', 'USER', `users/${id}`, body)
      await deps.userLifecycle.create(realm, given, { role: 'admin', trace })
      return created(call.reply, `${call.realmUrl}/users/${id}`)
    },
  })
}

/** Paths that name no group are for the verb to refuse. */
async function requireMayJoinNamed(
  call: AdminCall<unknown, Deps>,
  paths: readonly string[],
): Promise<void> {
  const { groups } = call.deps
  const named = await Promise.all(paths.map((path) => groups.byPath(call.realm.id, path)))
  for (const group of named) {
    if (group && !(await call.permissions.may('manage-membership', 'group', group.id)))
      throw forbidden()
  }
  await requireMayJoin(
    call,
    named.flatMap((group) => group?.id ?? []),
  )
}

/** @returns what a representation says of a user; the id in it is not read */
export function givenUser(body: Partial<UserBody>): GivenUser {
  const { id: _, credentials, federatedIdentities, ...members } = body
  const links = (federatedIdentities ?? []).flatMap(({ identityProvider, userId, userName }) =>
    identityProvider === undefined || userId === undefined
      ? []
      : [{ identityProvider, federatedUserId: userId, federatedUsername: userName ?? null }],
  )
  return { ...members, credentials: credentials ?? [], federatedIdentities: links }
}
