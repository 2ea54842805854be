import type { Organization } from '../../../domains/organizations/organization.ts'
import type { OrganizationGroup } from '../../../domains/organizations/organization-group.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { forbidden, refused } from '../admin-error.ts'
import { anyOf } from '../permission.ts'

type Deps = Pick<AdminDeps, 'groups' | 'organizationGroups' | 'organizations'>

const views = ['view-organizations', 'manage-organizations', 'manage-realm'] as const
const manages = ['manage-organizations', 'manage-realm'] as const
const seesUsers = ['view-users', 'manage-users'] as const

export const viewsOrganizations = anyOf(views)
export const queriesOrganizations = anyOf([...views, 'query-organizations'])
export const managesOrganizations = anyOf(manages)

/** Who lists members needs what lists of users need. @throws HttpError 403 */
export function requireListsUsers({
  permissions,
}: Pick<AdminCall<unknown, Deps>, 'permissions'>): void {
  if (!permissions.holdsAny([...seesUsers, 'query-users'])) throw forbidden()
}

/** What is done with a member is done with a user. @throws HttpError 403 */
export async function requireMayWithUser(
  { permissions }: Pick<AdminCall<unknown, Deps>, 'permissions'>,
  scope: 'manage' | 'view',
  id: string,
): Promise<void> {
  if (!(await permissions.may(scope, 'user', id))) throw forbidden()
}

/** Who sees identity providers of an organization needs to see those of the realm. @throws HttpError 403 */
export function requireSeesProviders({
  permissions,
}: Pick<AdminCall<unknown, Deps>, 'permissions'>): void {
  if (!permissions.holdsAny(['view-identity-providers', 'manage-identity-providers'])) {
    throw forbidden()
  }
}

/** @throws HttpError 403 */
export function requireManagesProviders({
  permissions,
}: Pick<AdminCall<unknown, Deps>, 'permissions'>): void {
  if (!permissions.holdsAny(['manage-identity-providers'])) throw forbidden()
}

/** For what is asked after the thing was found. @throws HttpError 403 */
export async function requireManagesOrganization(
  { permissions }: Pick<AdminCall<unknown, Deps>, 'permissions'>,
  { id }: Pick<Organization, 'id'>,
): Promise<void> {
  if (!(await permissions.may('manage', 'organization', id))) throw forbidden()
}

/** @throws HttpError 404 in a realm without organizations */
export function requireEnabled({ realm }: Pick<AdminCall<unknown, Deps>, 'realm'>): void {
  if (realm.settings.organizationsEnabled) return
  throw refused(404, 'Organizations not enabled for this realm.')
}

/** @returns the organization that the path names. @throws HttpError 404 */
export async function requireOrganization(call: AdminCall<unknown, Deps>): Promise<Organization> {
  requireEnabled(call)
  const { deps, realm, params } = call
  const organization = await deps.organizations.byId(realm.id, params['organizationId'] ?? '')
  if (!organization) throw refused(404, 'Organization not found.')
  return organization
}

/**
 * @returns the organization and its group that the path names, and their place for events
 * @throws HttpError 404, 400 for a group from elsewhere
 */
export async function requireOrganizationGroup(
  call: AdminCall<unknown, Deps>,
): Promise<{ organization: Organization; group: OrganizationGroup; place: string }> {
  const { deps, realm, params } = call
  const organization = await requireOrganization(call)
  const id = params['groupId'] ?? ''
  const group = await deps.organizationGroups.byId(realm.id, id)
  if (group?.organizationId === organization.id) {
    return { organization, group, place: `organizations/${organization.id}/groups/${id}` }
  }
  if (group || (await deps.groups.byId(realm.id, id))) {
    throw refused(400, 'Group does not belong to the organization')
  }
  throw refused(404, 'Group does not exist')
}
