import type { Group } from '../../../domains/groups/group.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayJoin } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { groupAnswer } from '../representations/group.ts'
import { groupRepresentation } from './group-representation.ts'

type Deps = Pick<AdminDeps, 'administration' | 'groups' | 'roles'>

/** `/default-groups`: what new users join. Realms keep them as paths. */
export function registerDefaultGroups(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/default-groups',
    may: anyOf(['view-realm', 'manage-realm']),
    answer: listOf(groupAnswer),
    handle: async ({ realm }) => {
      const paths = realm.settings.defaultGroups ?? []
      const groups = await Promise.all(paths.map((path) => deps.groups.byPath(realm.id, path)))
      return groups.flatMap((group) => (group ? [groupRepresentation(group)] : []))
    },
  })
  routes.add({
    method: 'PUT',
    path: '/default-groups/:groupId',
    may: anyOf(['manage-realm']),
    handle: async (call) => {
      const { id } = await requireGroup(call)
      await requireMayJoin(call, [id])
      const trace = await call.trace('CREATE', 'GROUP', `default-groups/${id}`)
      await deps.groups.changeDefault(call.realm.id, id, true, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/default-groups/:groupId',
    may: anyOf(['manage-realm']),
    handle: async (call) => {
      const { id } = await requireGroup(call)
      const trace = await call.trace('DELETE', 'GROUP', `default-groups/${id}`)
      await deps.groups.changeDefault(call.realm.id, id, false, trace)
    },
  })
}

async function requireGroup({ deps, realm, params }: AdminCall<unknown, Deps>): Promise<Group> {
  const group = await deps.groups.byId(realm.id, params['groupId'] ?? '')
  if (!group) throw notFound('Group not found')
  return group
}
