import type { Group } from '../../../domains/groups/group.ts'
import { isUniqueViolation } from '../../../domains/realms/model-error.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { duplicateResource, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { groupDetails, groupRepresentation } from '../groups/group-representation.ts'
import { requireMayMap } from '../mapping-permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { type GroupBody, groupAnswer, groupShape } from '../representations/group.ts'
import { userAnswer } from '../representations/user.ts'
import { registerRoleMappings } from '../roles/register-role-mappings.ts'
import { namesOf } from '../users/names-of.ts'
import { organizationGroupRoles } from './organization-group-roles.ts'
import { addOrganizationGroup, childCountOf } from './organization-groups.ts'
import { memberRepresentations, shownUsers } from './organization-members.ts'
import {
  requireListsUsers,
  requireManagesOrganization,
  requireMayWithUser,
  requireOrganizationGroup,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<
  AdminDeps,
  | 'administration'
  | 'clients'
  | 'groups'
  | 'organizationGroups'
  | 'organizations'
  | 'roles'
  | 'userLifecycle'
  | 'userMemberships'
  | 'users'
>

const path = '/organizations/:organizationId/groups/:groupId'
const childrenPerPage = 10
const membersPerPage = 100

/** One group of an organization with its children, members and role mappings. */
export function registerOrganizationGroup(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsOrganizations,
    query: { subGroupsCount: 'flag' },
    answer: groupAnswer,
    handle: async (call) => {
      const { group } = await requireOrganizationGroup(call)
      const [details] = await groupDetails({ groups: deps.organizationGroups }, [group])
      return { ...details, ...(await childCountOf(call, group)) }
    },
  })
  registerChanges(routes, deps)
  registerChildren(routes, deps)
  registerMembers(routes, deps)
  registerMembership(routes, deps)
  registerRoleMappings(routes, deps, organizationGroupRoles(deps))
}

function registerChanges(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<GroupBody | undefined>({
    method: 'PUT',
    path,
    may: viewsOrganizations,
    body: groupShape,
    handle: async (call) => {
      const { organization, group, place } = await requireOrganizationGroup(call)
      await requireManagesOrganization(call, organization)
      const { body } = call
      const name = body?.name
      if (!name?.trim()) throw refused(400, 'Group name is missing')
      if (body?.id !== undefined && body.id !== group.id) throw refused(400, 'Invalid group id')
      const trace = await call.trace('UPDATE', 'ORGANIZATION_GROUP', place, body)
      const description = body?.description ?? null
      const change = (present: Group) => ({
        name,
        description,
        attributes: body?.attributes ?? present.attributes,
      })
      try {
        await deps.organizationGroups.update(organization, group.id, change, trace)
      } catch (error) {
        throw isUniqueViolation(error) ? duplicateResource() : error
      }
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: viewsOrganizations,
    handle: async (call) => {
      const { organization, group, place } = await requireOrganizationGroup(call)
      await requireManagesOrganization(call, organization)
      const trace = await call.trace('DELETE', 'ORGANIZATION_GROUP', place)
      await deps.organizationGroups.remove(organization, group.id, trace)
    },
  })
}

function registerChildren(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/children`,
    may: viewsOrganizations,
    query: { ...paged, search: 'text', exact: 'flag' },
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const { organization, group } = await requireOrganizationGroup(call)
      const { query } = call
      const listing = {
        organizationId: organization.id,
        search: query.text('search')?.trim() || undefined,
        exact: query.flag('exact') ?? false,
        first: query.first,
        max: query.max(childrenPerPage),
      }
      const children = await deps.organizationGroups.list(listing, group.id)
      return children.map(groupRepresentation)
    },
  })
  routes.add<GroupBody | undefined>({
    method: 'POST',
    path: `${path}/children`,
    may: viewsOrganizations,
    answer: groupAnswer,
    body: groupShape,
    handle: async (call) => {
      const { organization, group } = await requireOrganizationGroup(call)
      await requireManagesOrganization(call, organization)
      call.reply.header('cache-control', 'no-cache')
      return await addOrganizationGroup(call, group)
    },
  })
}

function registerMembers(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/members`,
    may: viewsOrganizations,
    query: { ...paged, briefRepresentation: 'flag' },
    answer: listOf(userAnswer),
    handle: async (call) => {
      const { organization, group } = await requireOrganizationGroup(call)
      requireListsUsers(call)
      const visible = await shownUsers(call)
      if (visible === null) return []
      const users = await deps.users.find({
        realmId: call.realm.id,
        visible,
        organizationGroupId: group.id,
        serviceAccounts: true,
        first: call.query.first,
        max: call.query.max(membersPerPage),
      })
      const brief = call.query.flag('briefRepresentation') ?? false
      return await memberRepresentations(call, organization, users, brief)
    },
  })
}

function registerMembership(routes: AdminRoutes<Deps>, deps: Deps): void {
  const membership = `${path}/members/:userId`
  routes.add({
    method: 'PUT',
    path: membership,
    may: viewsOrganizations,
    handle: async (call) => {
      const { organization, group, place } = await requireOrganizationGroup(call)
      await requireManagesOrganization(call, organization)
      const user = await requireMember(call)
      const types = await deps.organizations.membershipTypes(organization, [user.id])
      if (!types.has(user.id)) throw refused(400, 'User is not member of the organization')
      const roles = await deps.organizationGroups.rolesOf([group.id])
      const roleIds = roles.map(({ id }) => id)
      await requireMayMap(deps, call.administrator, call.realm, roleIds)
      const trace = await call.trace(
        'CREATE',
        'ORGANIZATION_GROUP_MEMBERSHIP',
        `${place}/members/${user.id}`,
        groupRepresentation(group),
        namesOf(user),
      )
      await deps.userMemberships.joinOrganizationGroup(user.id, group, trace)
      call.reply.header('cache-control', 'no-cache')
    },
  })
  routes.add({
    method: 'DELETE',
    path: membership,
    may: viewsOrganizations,
    handle: async (call) => {
      const { organization, group, place } = await requireOrganizationGroup(call)
      await requireManagesOrganization(call, organization)
      const user = await requireMember(call)
      const trace = await call.trace(
        'DELETE',
        'ORGANIZATION_GROUP_MEMBERSHIP',
        `${place}/members/${user.id}`,
        groupRepresentation(group),
        namesOf(user),
      )
      await deps.userMemberships.leaveOrganizationGroup(user.id, group.id, trace)
      call.reply.header('cache-control', 'no-cache')
    },
  })
}

/** @returns the user that the path names. @throws HttpError 403, 404 */
async function requireMember(call: AdminCall<unknown, Deps>) {
  const user = await call.deps.users.fresh(call.realm.id, call.params['userId'] ?? '')
  if (!user) throw refused(404, 'User does not exist')
  await requireMayWithUser(call, 'manage', user.id)
  return user
}
