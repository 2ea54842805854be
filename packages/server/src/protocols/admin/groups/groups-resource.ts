import type { Group } from '../../../domains/groups/group.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { forbidden, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayJoin } from '../mapping-permission.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { count, listOf } from '../representations/answer.ts'
import { type GroupBody, groupAnswer, groupShape } from '../representations/group.ts'
import { groupDetails, groupRepresentation } from './group-representation.ts'
import { groupTreeOf } from './group-tree.ts'

type Deps = Pick<AdminDeps, 'administration' | 'groups' | 'roles'>

const view = ['view-users', 'manage-users', 'query-groups'] as const
const manage = ['manage-users'] as const

/** `/groups`, `/groups/count` and `/group-by-path`. */
export function registerGroups(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/groups',
    may: anyOf(view),
    query: {
      ...paged,
      search: 'text',
      exact: 'flag',
      q: 'text',
      populateHierarchy: 'flag',
      subGroupsCount: 'flag',
      briefRepresentation: 'flag',
    },
    answer: listOf(groupAnswer),
    handle: async (call) => await listGroups(call),
  })
  routes.add({
    method: 'GET',
    path: '/groups/count',
    may: anyOf(view),
    query: { search: 'text', top: 'flag' },
    answer: count,
    handle: async ({ realm, query }) => {
      const top = query.flag('top') ?? false
      return { count: await deps.groups.count(realm.id, query.text('search') || undefined, top) }
    },
  })
  routes.add<GroupBody | undefined>({
    method: 'POST',
    path: '/groups',
    may: anyOf(manage),
    body: groupShape,
    handle: async (call) => await addGroup(call, null),
  })
  routes.add({
    method: 'GET',
    path: '/group-by-path/*',
    may: anyOf(['view-users', 'manage-users']),
    answer: groupAnswer,
    handle: async (call) => {
      const group = await deps.groups.byPath(call.realm.id, call.params['*'] ?? '')
      if (!group) throw notFound('Group path does not exist')
      const [details] = await groupDetails(deps, [group])
      return { ...details, subGroupCount: await childCount(deps, group.id) }
    },
  })
}

async function listGroups(call: AdminCall<unknown, Deps>): Promise<unknown> {
  const { deps, realm, query, permissions } = call
  const visible = await permissions.visible('group')
  if (visible === null) return []
  const search = query.text('search')?.trim() || undefined
  const page = {
    realmId: realm.id,
    visible,
    search,
    exact: query.flag('exact') ?? false,
    first: query.first,
    max: query.max(),
  }
  const brief = query.flag('briefRepresentation') ?? true
  const hierarchy = query.flag('populateHierarchy') ?? true
  const { attributes } = query
  const searching = search !== undefined || Object.keys(attributes).length > 0
  const found = searching
    ? await deps.groups.search(page, attributes)
    : await deps.groups.list({ ...page, parentId: null })
  const withCount = query.flag('subGroupsCount') ?? true
  const shown = { brief, withCount, permissions }
  return await groupTreeOf(deps, realm.id, found, shown, searching && hierarchy)
}

/** @returns the number of direct children */
export async function childCount(deps: Deps, id: string): Promise<number> {
  return (await deps.groups.childCounts([id])).get(id) ?? 0
}

/**
 * Creates a group, or moves the one that the body names by id.
 * @param parent null = top level
 */
export async function addGroup(call: AdminCall<GroupBody | undefined, Deps>, parent: Group | null) {
  const { deps, realm, body, reply } = call
  const name = body?.name
  if (!name?.trim()) throw refused(400, 'Group name is missing')
  if (body?.id !== undefined) {
    const group = await deps.groups.byId(realm.id, body.id)
    if (!group) throw notFound('Could not find child by id')
    if (!(await call.permissions.may('manage', 'group', group.id))) throw forbidden()
    await requireMayJoin(call, parent === null ? [] : [parent.id])
    const above = parent === null ? `groups/${group.id}` : `groups/${parent.id}/children`
    const trace = await call.trace('UPDATE', 'GROUP', above, body)
    await deps.groups.move(realm.id, group.id, parent?.id ?? null, trace)
    return undefined
  }
  const id = newUuid()
  const { description = null, attributes = {} } = body ?? {}
  const below = parent === null ? `groups/${id}` : `groups/${parent.id}/children`
  const trace = await call.trace('CREATE', 'GROUP', below, { ...body, id })
  const added = { id, parentId: parent?.id ?? null, name, description, attributes }
  await deps.groups.create(realm.id, added, trace)
  const location = `${call.realmUrl}/groups/${id}`
  if (parent === null) return created(reply, location)
  const group = await deps.groups.byId(realm.id, id)
  const [details] = group ? await groupDetails(deps, [group]) : []
  return created(reply, location, { ...details, access: await call.permissions.ofGroup(id) })
}

/** @returns one group in full, as `GET /groups/{id}` shows it */
export async function fullGroup(call: AdminCall<unknown, Deps>, group: Group) {
  const [details] = await groupDetails(call.deps, [group])
  return {
    ...(details ?? groupRepresentation(group)),
    subGroupCount: await childCount(call.deps, group.id),
    access: await call.permissions.ofGroup(group.id),
  }
}
