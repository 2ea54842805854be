import type { Organization } from '../../../domains/organizations/organization.ts'
import type { AdminCall } from '../admin-call.ts'
import { refused } from '../admin-error.ts'
import { anyOf } from '../permission.ts'

export const viewsOrganizations = anyOf(['view-organizations', 'manage-organizations'])
export const queriesOrganizations = anyOf([
  'view-organizations',
  'manage-organizations',
  'query-organizations',
])
export const managesOrganizations = anyOf(['manage-organizations'])
/** Those who manage the realm make organizations, and do nothing else with them. */
export const makesOrganizations = anyOf(['manage-organizations', 'manage-realm'])

/** @throws HttpError 404 in a realm without organizations */
export function requireEnabled({ realm }: Pick<AdminCall, 'realm'>): void {
  if (realm.settings.organizationsEnabled) return
  throw refused(404, 'Organizations not enabled for this realm.')
}

/** @returns the organization that the path names. @throws HttpError 404 */
export async function requireOrganization(call: AdminCall): Promise<Organization> {
  requireEnabled(call)
  const { deps, realm, params } = call
  const organization = await deps.organizations.byId(realm.id, params['organizationId'] ?? '')
  if (!organization) throw refused(404, 'Organization not found.')
  return organization
}
