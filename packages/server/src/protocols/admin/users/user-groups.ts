import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { groupDetails, groupRepresentation } from '../groups/group-representation.ts'
import { requireMayJoin } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { count, listOf } from '../representations/answer.ts'
import { groupAnswer } from '../representations/group.ts'
import { namesOf } from './names-of.ts'
import { requireUser } from './require-user.ts'

type Deps = Pick<
  AdminDeps,
  'administration' | 'groups' | 'organizationGroups' | 'roles' | 'userMemberships' | 'users'
>

const view = ['view-users', 'manage-users'] as const
const manage = ['manage-users'] as const

/** Everything below `/users/{id}/groups`. */
export function registerUserGroups(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/users/:userId/groups',
    may: anyOf(view),
    query: { ...paged, search: 'text', briefRepresentation: 'flag' },
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const user = await requireUser(call)
      const { query, realm } = call
      const ids = await deps.userMemberships.groupIdsOf(user.id, {
        search: query.text('search'),
        first: query.first,
        max: query.max(),
      })
      const seen: string[] = []
      for (const id of ids) if (await call.permissions.may('view', 'group', id)) seen.push(id)
      const found = new Map((await deps.groups.byIds(realm.id, seen)).map((g) => [g.id, g]))
      const groups = ids.flatMap((id) => found.get(id) ?? [])
      if (query.flag('briefRepresentation') ?? true) return groups.map(groupRepresentation)
      return await groupDetails(deps, groups)
    },
  })
  routes.add({
    method: 'GET',
    path: '/users/:userId/groups/count',
    may: anyOf(view),
    query: { search: 'text' },
    answer: count,
    handle: async (call) => {
      const user = await requireUser(call)
      const search = call.query.text('search')
      const ids = await deps.userMemberships.groupIdsOf(user.id, { search })
      // Groups of organizations count, though no list here shows them: as in Keycloak.
      const others = await deps.userMemberships.organizationGroupCount(user.id, search)
      return { count: ids.length + others }
    },
  })
  routes.add({
    method: 'PUT',
    path: '/users/:userId/groups/:groupId',
    may: anyOf(manage),
    handle: async (call) => {
      const { user, group } = await userAndGroup(call)
      await requireMayJoin(call, [group.id])
      const path = `users/${user.id}/groups/${group.id}`
      const [shown] = await groupDetails(deps, [group])
      const whose = namesOf(user)
      const trace = await call.trace('CREATE', 'GROUP_MEMBERSHIP', path, shown, whose)
      await deps.userMemberships.join(user, group.id, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/users/:userId/groups/:groupId',
    may: anyOf(manage),
    handle: async (call) => {
      const { user, group } = await userAndGroup(call)
      const path = `users/${user.id}/groups/${group.id}`
      const [shown] = await groupDetails(deps, [group])
      const whose = namesOf(user)
      const trace = await call.trace('DELETE', 'GROUP_MEMBERSHIP', path, shown, whose)
      await deps.userMemberships.leave(user, group.id, trace)
    },
  })
}

async function userAndGroup(call: AdminCall<unknown, Deps>) {
  const user = await requireUser(call)
  const id = call.params['groupId'] ?? ''
  const group = await call.deps.groups.byId(call.realm.id, id)
  if (!group && (await call.deps.organizationGroups.byId(call.realm.id, id))) {
    throw refused(400, 'Cannot access organization related group via non Organization API.')
  }
  if (!group) throw notFound('Group not found')
  return { user, group }
}
