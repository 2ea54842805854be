import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { type GroupBody, groupAnswer, groupShape } from '../representations/group.ts'
import { userAnswer } from '../representations/user.ts'
import { registerRoleMappings } from '../roles/register-role-mappings.ts'
import { userRepresentation } from '../users/user-representation.ts'
import { groupRoleMappings } from './group-role-mappings.ts'
import { groupTreeOf } from './group-tree.ts'
import { addGroup, fullGroup } from './groups-resource.ts'
import { requireGroup } from './require-group.ts'

type Deps = Pick<
  AdminDeps,
  'administration' | 'clients' | 'groups' | 'organizationGroups' | 'roles' | 'users'
>

const view = ['view-users', 'manage-users'] as const
const manage = ['manage-users'] as const
const childrenPerPage = 10
const membersPerPage = 100

/** `/groups/{id}` with its children, members and role mappings. */
export function registerGroupResource(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/groups/:groupId',
    may: anyOf(view),
    answer: groupAnswer,
    handle: async (call) => await fullGroup(call, await requireGroup(call)),
  })
  registerChanges(routes, deps)
  registerChildren(routes, deps)
  routes.add({
    method: 'GET',
    path: '/groups/:groupId/members',
    may: anyOf(view),
    query: { ...paged, briefRepresentation: 'flag' },
    answer: listOf(userAnswer),
    handle: async (call) => {
      const { query, realm } = call
      const group = await requireGroup(call)
      const visible = await call.permissions.visibleUsers()
      if (visible === null) return []
      const users = await deps.users.find({
        realmId: realm.id,
        visible,
        groupId: group.id,
        serviceAccounts: true,
        first: query.first,
        max: query.max(membersPerPage),
      })
      const brief = query.flag('briefRepresentation') ?? false
      return users.map((user) => userRepresentation(call.realm, user, brief))
    },
  })
  registerRoleMappings(routes, deps, groupRoleMappings(deps))
}

function registerChanges(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<GroupBody | undefined>({
    method: 'PUT',
    path: '/groups/:groupId',
    may: anyOf(manage),
    body: groupShape,
    handle: async (call) => {
      const group = await requireGroup(call)
      const { body, realm } = call
      const name = body?.name
      if (!name?.trim()) throw refused(400, 'Group name is missing')
      const trace = await call.trace('UPDATE', 'GROUP', `groups/${group.id}`, body)
      const description = body?.description ?? null
      await deps.groups.update(
        realm.id,
        group.id,
        (present) => ({ name, description, attributes: body?.attributes ?? present.attributes }),
        trace,
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/groups/:groupId',
    may: anyOf(manage),
    handle: async (call) => {
      const group = await requireGroup(call)
      const { id, name } = group
      const trace = await call.trace('DELETE', 'GROUP', `groups/${id}`, { id, name })
      await deps.groups.remove(call.realm.id, group.id, trace)
    },
  })
}

function registerChildren(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/groups/:groupId/children',
    may: anyOf(view),
    query: {
      ...paged,
      search: 'text',
      exact: 'flag',
      subGroupsCount: 'flag',
      briefRepresentation: 'flag',
    },
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const { query, realm, permissions } = call
      const group = await requireGroup(call)
      const visible = await permissions.visible('group')
      if (visible === null) return []
      const children = await deps.groups.list({
        realmId: realm.id,
        visible,
        parentId: group.id,
        search: query.text('search')?.trim() || undefined,
        exact: query.flag('exact') ?? false,
        first: query.first,
        max: query.max(childrenPerPage),
      })
      const shown = {
        brief: query.flag('briefRepresentation') ?? false,
        withCount: query.flag('subGroupsCount') ?? true,
        permissions,
      }
      return await groupTreeOf(deps, realm.id, children, shown, false)
    },
  })
  routes.add<GroupBody | undefined>({
    method: 'POST',
    path: '/groups/:groupId/children',
    may: anyOf(manage),
    answer: groupAnswer,
    body: groupShape,
    handle: async (call) => await addGroup(call, await requireGroup(call)),
  })
}
