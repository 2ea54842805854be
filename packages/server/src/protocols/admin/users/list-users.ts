import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from '../admin-deps.ts'
import { adminRoute } from '../admin-route.ts'
import { userRepresentation } from './user-representation.ts'
import { userSearchOf } from './user-search-query.ts'

const anyOf = ['view-users', 'manage-users', 'query-users'] as const

/** `GET /users` and `GET /users/count`. Who may only query sees nobody. */
export function registerListUsers(app: FastifyInstance, deps: AdminDeps): void {
  adminRoute(app, deps, {
    method: 'GET',
    path: '/users',
    anyOf,
    handle: async ({ realm, query, held }) => {
      const search = userSearchOf(query, realm.id)
      if (!held.has('view-users') && !held.has('manage-users')) return []
      const brief = query.flag('briefRepresentation') ?? false
      const access = { manage: held.has('manage-users') }
      const users = await deps.users.find(search)
      return users.map((user) => ({ ...userRepresentation(user, brief), access }))
    },
  })
  adminRoute(app, deps, {
    method: 'GET',
    path: '/users/count',
    anyOf,
    handle: async ({ realm, query, held }) => {
      const search = userSearchOf(query, realm.id)
      if (!held.has('view-users') && !held.has('manage-users')) return 0
      return await deps.users.count({ ...search, serviceAccounts: false })
    },
  })
}
