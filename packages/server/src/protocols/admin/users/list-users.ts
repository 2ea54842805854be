import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf, whole } from '../representations/answer.ts'
import { userAnswer } from '../representations/user.ts'
import { userParameters } from '../users/user-search-query.ts'
import { userRepresentation } from './user-representation.ts'
import { userSearchOf } from './user-search-query.ts'

type Deps = Pick<AdminDeps, 'users'>

const mayList = anyOf(['view-users', 'manage-users', 'query-users'])

/** `GET /users` and `GET /users/count`. Who may only query sees nobody. */
export function registerListUsers(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/users',
    may: mayList,
    query: { ...userParameters },
    answer: listOf(userAnswer),
    handle: async (call) => (await listedUsers(call)).map(({ shown }) => shown),
  })
  routes.add({
    method: 'GET',
    path: '/users/count',
    may: mayList,
    query: { ...userParameters },
    answer: whole,
    handle: async ({ realm, query, permissions }) => {
      const search = userSearchOf(query, realm.id)
      const visible = await permissions.visibleUsers()
      return visible === null ? 0 : await deps.users.count({ ...search, visible })
    },
  })
}

/** @returns the page of users that a request asks for, as they are and as they are shown */
export async function listedUsers({ deps, realm, query, permissions }: AdminCall<unknown, Deps>) {
  const search = userSearchOf(query, realm.id)
  const visible = await permissions.visibleUsers()
  if (visible === null) return []
  const brief = query.flag('briefRepresentation') ?? false
  const users = await deps.users.find({ ...search, visible })
  return await Promise.all(
    users.map(async (user) => {
      const access = { manage: await permissions.may('manage', 'user', user.id) }
      return { user, shown: { ...userRepresentation(realm, user, brief), access } }
    }),
  )
}
