import type { OrganizationGroup } from '../../../domains/organizations/organization-group.ts'
import type { OrganizationId } from '../../../domains/typed-ids.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { groupDetails, groupRepresentation } from '../groups/group-representation.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { type GroupBody, groupAnswer, groupShape } from '../representations/group.ts'
import {
  managesOrganizations,
  requireOrganization,
  viewsOrganizations,
} from './require-organization.ts'

type Deps = Pick<AdminDeps, 'groups' | 'organizationGroups' | 'organizations'>
type Shown = ReturnType<typeof groupRepresentation> & Record<string, unknown>

const path = '/organizations/:organizationId/groups'

/** Query parameters of lists of groups of an organization. */
export const groupsQuery = {
  ...paged,
  search: 'text',
  exact: 'flag',
  q: 'text',
  populateHierarchy: 'flag',
  subGroupsCount: 'flag',
  briefRepresentation: 'flag',
} as const

/** The groups of an organization: `/organizations/{id}/groups` and by their paths. */
export function registerOrganizationGroups(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsOrganizations,
    query: groupsQuery,
    answer: listOf(groupAnswer),
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      return await listOrganizationGroups(call, id)
    },
  })
  routes.add<GroupBody | undefined>({
    method: 'POST',
    path,
    may: managesOrganizations,
    body: groupShape,
    answer: groupAnswer,
    handle: async (call) => await addOrganizationGroup(call, null),
  })
  routes.add({
    method: 'GET',
    path: `${path}/group-by-path/*`,
    may: viewsOrganizations,
    query: { subGroupsCount: 'flag' },
    answer: groupAnswer,
    handle: async (call) => {
      const { id } = await requireOrganization(call)
      const group = await deps.organizationGroups.byPath(id, call.params['*'] ?? '')
      if (!group) throw notFound('Group path does not exist')
      return { ...groupRepresentation(group), ...(await childCountOf(call, group)) }
    },
  })
}

/** @returns the page of an organization's groups that a request asks for, with those around them where it wants a tree */
export async function listOrganizationGroups(
  call: AdminCall<unknown, Deps>,
  organizationId: OrganizationId,
): Promise<Shown[]> {
  const { deps, query } = call
  const search = query.text('search')?.trim() || undefined
  const byAttributes = query.text('q') !== undefined
  const listing = { organizationId, first: query.first, max: query.max() }
  const found = byAttributes
    ? await deps.organizationGroups.search(listing, query.attributes)
    : search === undefined
      ? await deps.organizationGroups.list(listing, null)
      : await deps.organizationGroups.search({
          ...listing,
          search,
          exact: query.flag('exact') ?? false,
        })
  const hierarchy = query.flag('populateHierarchy') ?? false
  const ids = found.map(({ id }) => id)
  const groups = hierarchy ? await deps.organizationGroups.withAncestors(call.realm.id, ids) : found
  const shown = await shownGroups(call, groups)
  return hierarchy ? nested(shown) : shown
}

async function shownGroups(
  { deps, query }: AdminCall<unknown, Deps>,
  groups: readonly OrganizationGroup[],
): Promise<Shown[]> {
  const details =
    (query.flag('briefRepresentation') ?? true)
      ? groups.map(groupRepresentation)
      : await groupDetails({ groups: deps.organizationGroups }, groups)
  if (!query.flag('subGroupsCount')) return details
  const counts = await deps.organizationGroups.childCounts(groups.map(({ id }) => id))
  return details.map((group) => ({ ...group, subGroupCount: counts.get(group.id) ?? 0 }))
}

function nested(groups: readonly Shown[]): Shown[] {
  const byId = new Map(groups.map((group) => [group.id, group]))
  const top: Shown[] = []
  for (const group of groups.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const parent = byId.get(group.parentId ?? '')
    if (parent) parent.subGroups.push(group)
    else top.push(group)
  }
  return top
}

/** @returns `subGroupCount`, where the request wants it */
export async function childCountOf(
  { deps, query }: AdminCall<unknown, Deps>,
  { id }: Pick<OrganizationGroup, 'id'>,
): Promise<{ subGroupCount?: number }> {
  if (!query.flag('subGroupsCount')) return {}
  const counts = await deps.organizationGroups.childCounts([id])
  return { subGroupCount: counts.get(id) ?? 0 }
}

/**
 * Makes a group of an organization, or moves the one that the body names by id.
 * @param parent null = topmost
 */
export async function addOrganizationGroup(
  call: AdminCall<GroupBody | undefined, Deps>,
  parent: OrganizationGroup | null,
): Promise<unknown> {
  const { deps, realm, body, reply } = call
  const organization = await requireOrganization(call)
  const name = body?.name
  if (!name?.trim()) throw refused(400, 'Group name is missing')
  const place = `organizations/${organization.id}/groups`
  const below = parent === null ? place : `${place}/${parent.id}/children`
  if (body?.id !== undefined) {
    await requireMovable(call, organization.id, body.id, parent)
    const trace = await call.trace('UPDATE', 'ORGANIZATION_GROUP', below, body)
    await deps.organizationGroups.move(organization, body.id, parent?.id ?? null, trace)
    return undefined
  }
  const id = newUuid()
  const trace = await call.trace('CREATE', 'ORGANIZATION_GROUP', below, { ...body, id })
  // Keycloak passes over description and attributes of a group that is made inside another one.
  const given = parent === null ? body : undefined
  const group = {
    id,
    organizationId: organization.id,
    parentId: parent?.id ?? null,
    name,
    description: given?.description ?? null,
    attributes: given?.attributes ?? {},
  }
  await deps.organizationGroups.create(realm.id, group, trace)
  const made = await deps.organizationGroups.byId(realm.id, id)
  if (!made) throw notFound('Group does not exist')
  const location = `${call.realmUrl}/${below}/${id}`
  if (parent === null) return created(reply, location, groupRepresentation(made))
  const [details] = await groupDetails({ groups: deps.organizationGroups }, [made])
  return created(reply, location, details)
}

async function requireMovable(
  { deps, realm }: AdminCall<unknown, Deps>,
  organizationId: OrganizationId,
  id: string,
  parent: OrganizationGroup | null,
): Promise<void> {
  const group = await deps.organizationGroups.byId(realm.id, id)
  if (group?.organizationId === organizationId) return
  if (group) throw refused(400, 'Group does not belong to this organization')
  if (await deps.groups.byId(realm.id, id)) throw refused(400, 'Can only move organization groups')
  throw notFound(`Could not find ${parent === null ? 'group' : 'child'} by id`)
}
