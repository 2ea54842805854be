import { ModelError } from '../../../domains/realms/model-error.ts'
import type { Role } from '../../../domains/roles/role.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { duplicateResource, forbidden, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { groupDetails, groupRepresentation } from '../groups/group-representation.ts'
import { requireMayCompose } from '../mapping-permission.ts'
import type { Permission } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { groupAnswer } from '../representations/group.ts'
import { type RoleBody, roleAnswer, roleShape, rolesShape } from '../representations/role.ts'
import { userAnswer } from '../representations/user.ts'
import { placeOf } from '../route-event.ts'
import { userRepresentation } from '../users/user-representation.ts'
import { roleRepresentation } from './role-representation.ts'
import { addComposites, changedRole } from './roles-resource.ts'

type Deps = Pick<AdminDeps, 'administration' | 'clients' | 'groups' | 'roles' | 'users'>

/** Users of a page where `max` is absent. */
const membersPerPage = 100

/** One role, found by name or by id: the same endpoints at three places. */
export interface RolePlace {
  /** `/roles/:roleName`, `/clients/:clientUuid/roles/:roleName` or `/roles-by-id/:roleId`. */
  readonly path: string
  readonly view: Permission
  readonly manage: Permission
  /** @throws HttpError 404 */
  roleOf(call: AdminCall<unknown, Deps>): Promise<Role>
}

function resourceTypeOf(role: Role): string {
  return role.clientUuid === null ? 'REALM_ROLE' : 'CLIENT_ROLE'
}

/** Registers the single role with its composites. */
export function registerRole(routes: AdminRoutes<Deps>, deps: Deps, place: RolePlace): void {
  routes.add({
    method: 'GET',
    path: place.path,
    may: place.view,
    answer: roleAnswer,
    handle: async (call) => roleRepresentation(await place.roleOf(call), false),
  })
  routes.add<RoleBody | undefined>({
    method: 'PUT',
    path: place.path,
    may: place.manage,
    body: roleShape,
    handle: async (call) => {
      const role = await place.roleOf(call)
      try {
        const at = placeOf(place.path, call.params)
        const trace = await call.trace('UPDATE', resourceTypeOf(role), at, call.body)
        const change = (present: Role): Role => changedRole(present, call.body)
        await deps.roles.update(call.realm.id, role.id, change, trace)
      } catch (error) {
        if (error instanceof ModelError && error.reason === 'duplicate') throw duplicateResource()
        throw error
      }
    },
  })
  routes.add({
    method: 'DELETE',
    path: place.path,
    may: place.manage,
    handle: async (call) => {
      const role = await place.roleOf(call)
      if (role.id === call.realm.defaultRoleId) {
        const message = `${role.name} is default role of the realm and cannot be removed.`
        throw refused(400, message)
      }
      const { id, name } = role
      const at = placeOf(place.path, call.params)
      const trace = await call.trace('DELETE', resourceTypeOf(role), at, { id, name })
      const removed = await deps.roles.remove(call.realm.id, role.id, trace)
      if (!removed) throw notFound('Could not find role')
    },
  })
  registerComposites(routes, deps, place)
}

function registerComposites(routes: AdminRoutes<Deps>, deps: Deps, place: RolePlace): void {
  const list = (suffix: string, filter: (role: Role, call: AdminCall<unknown, Deps>) => boolean) =>
    routes.add({
      method: 'GET',
      path: `${place.path}/composites${suffix}`,
      may: place.view,
      query: { ...paged, search: 'text' },
      answer: listOf(roleAnswer),
      handle: async (call) => {
        const { query } = call
        const role = await place.roleOf(call)
        const children = await deps.roles.compositesOf(role.id, {
          search: query.text('search'),
          first: query.first,
          max: query.max(),
        })
        const wanted = children.filter((child) => filter(child, call))
        return wanted.map((child) => roleRepresentation(child, true))
      },
    })
  list('', () => true)
  list('/realm', (child) => child.clientUuid === null)
  list('/clients/:ownerUuid', (child, { params }) => child.clientUuid === params['ownerUuid'])
  routes.add({
    method: 'POST',
    path: `${place.path}/composites`,
    may: place.manage,
    body: rolesShape,
    handle: async (call) => {
      const role = await place.roleOf(call)
      const children = await existing(call, call.body ?? [])
      const trace = await call.trace(
        'CREATE',
        resourceTypeOf(role),
        placeOf(`${place.path}/composites`, call.params),
        call.body,
      )
      await addComposites(call, role, children, trace)
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${place.path}/composites`,
    may: place.manage,
    body: rolesShape,
    handle: async (call) => {
      const role = await place.roleOf(call)
      const children = await existing(call, call.body ?? [])
      await requireMayCompose(call, children)
      const ids = children.map(({ id }) => id)
      const at = placeOf(`${place.path}/composites`, call.params)
      const trace = await call.trace('DELETE', resourceTypeOf(role), at, call.body)
      await deps.roles.removeComposites(call.realm.id, role.id, ids, trace)
    },
  })
}

async function existing(
  call: AdminCall<unknown, Deps>,
  given: readonly { id?: string | undefined }[],
): Promise<Role[]> {
  const ids = new Set(given.map(({ id }) => id ?? ''))
  const found = await call.deps.roles.byIds(call.realm.id, [...ids])
  if (found.length < ids.size) throw notFound('Could not find composite role')
  return found
}

/** Registers who has a role directly: users and groups. */
export function registerRoleMembers(routes: AdminRoutes<Deps>, deps: Deps, place: RolePlace): void {
  routes.add({
    method: 'GET',
    path: `${place.path}/users`,
    may: place.view,
    query: { ...paged, briefRepresentation: 'flag' },
    answer: listOf(userAnswer),
    handle: async (call) => {
      const { query, realm, held, permissions } = call
      const role = await place.roleOf(call)
      if (!permissions.holdsAny(['view-users', 'manage-users', 'query-users'])) throw forbidden()
      if (!permissions.holdsAny(['view-users', 'manage-users'])) return []
      const users = await deps.users.find({
        realmId: realm.id,
        roleId: role.id,
        serviceAccounts: true,
        first: query.first,
        max: query.max(membersPerPage),
      })
      const brief = query.flag('briefRepresentation') ?? false
      const access = { manage: held.has('manage-users') }
      return users.map((user) => ({ ...userRepresentation(call.realm, user, brief), access }))
    },
  })
  routes.add({
    method: 'GET',
    path: `${place.path}/groups`,
    may: place.view,
    query: { ...paged, briefRepresentation: 'flag' },
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const { query, realm, permissions } = call
      const role = await place.roleOf(call)
      if (!permissions.holdsAny(['view-users', 'manage-users', 'query-groups'])) throw forbidden()
      const max = query.max(membersPerPage) ?? null
      const groups = await deps.groups.withRole(realm.id, role.id, query.first, max)
      const brief = query.flag('briefRepresentation') ?? true
      return brief ? groups.map(groupRepresentation) : await groupDetails(deps, groups)
    },
  })
}
