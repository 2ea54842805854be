import type { Organization } from '../../../domains/organizations/organization.ts'
import type { FoundUser } from '../../../domains/users/user-search.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { groupDetails, groupRepresentation } from '../groups/group-representation.ts'
import { paged } from '../query-parameters.ts'
import { listOf, whole } from '../representations/answer.ts'
import { groupAnswer } from '../representations/group.ts'
import { organizationAnswer } from '../representations/organization.ts'
import { userAnswer } from '../representations/user.ts'
import { JsonText } from '../request-body.ts'
import { namesOf } from '../users/names-of.ts'
import { userRepresentation } from '../users/user-representation.ts'
import { organizationRepresentation } from './organization-representation.ts'
import {
  managesOrganizations,
  requireEnabled,
  requireListsUsers,
  requireMayWithUser,
  requireOrganization,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<
  AdminDeps,
  'groups' | 'organizationGroups' | 'organizations' | 'userLifecycle' | 'userMemberships' | 'users'
>

const membersPerPage = 10
const path = '/organizations/:organizationId/members'
const membershipTypes: ReadonlySet<string> = new Set(['MANAGED', 'UNMANAGED'])

/** Who is a member of an organization, and of which organizations somebody is. */
export function registerOrganizationMembers(routes: AdminRoutes<Deps>, deps: Deps): void {
  registerMemberList(routes, deps)
  registerMember(routes, deps)
  for (const place of ['/organizations/members/:memberId', `${path}/:memberId`]) {
    routes.add({
      method: 'GET',
      path: `${place}/organizations`,
      may: viewsOrganizations,
      query: { briefRepresentation: 'flag' },
      answer: listOf(organizationAnswer),
      handle: async (call) => {
        requireEnabled(call)
        if (call.params['organizationId'] !== undefined) await requireOrganization(call)
        const user = await requireUser(call, 'view')
        const brief = call.query.flag('briefRepresentation') ?? true
        const found = await deps.organizations.ofUser(call.realm.id, user.id)
        return found.map((each) => organizationRepresentation(each, brief))
      },
    })
  }
}

function registerMemberList(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsOrganizations,
    query: {
      ...paged,
      search: 'text',
      exact: 'flag',
      membershipType: 'text',
      briefRepresentation: 'flag',
    },
    answer: listOf(userAnswer),
    handle: async (call) => {
      const organization = await requireOrganization(call)
      requireListsUsers(call)
      const { query, realm } = call
      const membershipType = query.text('membershipType')?.toUpperCase()
      if (membershipType !== undefined && !membershipTypes.has(membershipType)) {
        throw badRequest('invalid_request', 'Unknown membership type')
      }
      const search = query.text('search')?.trim()
      const exact = query.flag('exact') ?? false
      const visible = await shownUsers(call)
      if (visible === null) return []
      const users = await deps.users.find({
        realmId: realm.id,
        visible,
        organization: { id: organization.id, membershipType },
        ...(search ? { search: exact ? `"${search}"` : `*${search}*` } : {}),
        serviceAccounts: true,
        first: query.first,
        max: query.max(membersPerPage),
      })
      const brief = query.flag('briefRepresentation') ?? true
      return await memberRepresentations(call, organization, users, brief)
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/count`,
    may: viewsOrganizations,
    answer: whole,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      requireListsUsers(call)
      return await deps.organizations.memberCount(organization)
    },
  })
  routes.add({
    method: 'POST',
    path,
    may: managesOrganizations,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const user = await requireUser(call, 'manage', idIn(call.request.body))
      const { id } = organization
      const trace = await call.trace(
        'CREATE',
        'ORGANIZATION_MEMBERSHIP',
        `organizations/${id}/members`,
        organizationRepresentation(organization, true),
        namesOf(user),
      )
      await deps.userMemberships.joinOrganization(user.id, organization, trace)
      return created(call.reply, `${call.realmUrl}/organizations/${id}/members/${user.id}`)
    },
  })
}

function registerMember(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/:memberId`,
    may: viewsOrganizations,
    answer: userAnswer,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const user = await requireUser(call, 'view')
      const [shown] = await memberRepresentations(call, organization, [user], false)
      if (!shown) throw notFound()
      return shown
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:memberId`,
    may: managesOrganizations,
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const user = await requireUser(call, 'manage')
      const types = await deps.organizations.membershipTypes(organization, [user.id])
      const trace = await call.trace(
        'DELETE',
        'ORGANIZATION_MEMBERSHIP',
        `organizations/${organization.id}/members/${user.id}`,
        organizationRepresentation(organization, true),
        namesOf(user),
      )
      // Who exists for the organization alone goes with the membership.
      if (types.get(user.id) === 'MANAGED') {
        await deps.userLifecycle.remove(call.realm, user, trace)
      } else {
        await deps.userMemberships.leaveOrganization(user.id, organization, trace)
      }
    },
  })
  routes.add({
    method: 'GET',
    path: `${path}/:memberId/groups`,
    may: viewsOrganizations,
    query: { ...paged, search: 'text', briefRepresentation: 'flag' },
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const organization = await requireOrganization(call)
      const user = await requireUser(call, 'view')
      const types = await deps.organizations.membershipTypes(organization, [user.id])
      if (!types.has(user.id)) throw notFound()
      const { query } = call
      const listing = {
        organizationId: organization.id,
        search: query.text('search')?.trim() || undefined,
        first: query.first,
        max: query.max(),
      }
      const groups = await deps.organizationGroups.ofMember(listing, user.id)
      if (query.flag('briefRepresentation') ?? true) return groups.map(groupRepresentation)
      return await groupDetails({ groups: deps.organizationGroups }, groups)
    },
  })
}

/** Who sees an organization by its permission alone sees those of its members whom other permissions show. */
export async function shownUsers({ permissions }: Pick<AdminCall<unknown, Deps>, 'permissions'>) {
  if (permissions.holdsAny(['view-organizations', 'manage-organizations', 'manage-realm']))
    return undefined
  return await permissions.visibleUsers()
}

/** The body is an id, as JSON or as it is. */
function idIn(body: unknown): string {
  const text = body instanceof JsonText ? body.text : typeof body === 'string' ? body : ''
  return text.trim().replace(/^"(.*)"$/, '$1')
}

/** @throws HttpError 404 when there is no such user, 403 when the administrator may not */
export async function requireUser(
  call: AdminCall<unknown, Deps>,
  scope: 'manage' | 'view',
  id = call.params['memberId'] ?? '',
): Promise<FoundUser> {
  const { deps, realm } = call
  const page = { realmId: realm.id, ids: [id], serviceAccounts: true }
  const [user] = id === '' ? [] : await deps.users.find(page)
  if (!user) {
    requireListsUsers(call)
    throw notFound()
  }
  await requireMayWithUser(call, scope, user.id)
  return user
}

/** @returns those of the users who are members, with how they are */
export async function memberRepresentations(
  { deps, realm }: AdminCall<unknown, Deps>,
  organization: Organization,
  users: readonly FoundUser[],
  brief: boolean,
) {
  const ids = users.map(({ id }) => id)
  const types = await deps.organizations.membershipTypes(organization, ids)
  return users.flatMap((user) => {
    const membershipType = types.get(user.id)
    if (membershipType === undefined) return []
    return [{ ...userRepresentation(realm, user, brief), membershipType }]
  })
}
