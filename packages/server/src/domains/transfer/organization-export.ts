import type { Queryable } from '../../database/database.ts'
import type { IdentityProvider } from '../identity-providers/identity-provider.ts'
import type { Organization } from '../organizations/organization.ts'
import type { OrganizationStore } from '../organizations/organization-store.ts'
import type { RealmId } from '../typed-ids.ts'
import { groupPathsOf, groupTree } from './group-export.ts'
import type { RealmExportStore } from './realm-export-store.ts'
import type { OrganizationExport } from './representation.ts'

/**
 * Reads the organizations of a realm with their domains, members, groups and linked identity providers.
 * @param all identity providers of the realm
 * @returns the member `organizations` of a realm's representation, or nothing where there are none
 */
export async function exportOrganizations(
  tx: Queryable,
  { organizations, rows }: { organizations: OrganizationStore; rows: RealmExportStore },
  realmId: RealmId,
  all: readonly IdentityProvider[],
): Promise<{ organizations?: OrganizationExport[] }> {
  const found = await organizations.list(tx, { realmId })
  if (found.length === 0) return {}
  const ids = found.map(({ id }) => id)
  const members = await rows.organizationMembers(tx, ids)
  const groups = await rows.organizationGroups(tx, realmId)
  return {
    organizations: found.map((organization) => {
      const own = groups.filter(({ organizationId }) => organizationId === organization.id)
      const linked = all.filter(({ organizationId }) => organizationId === organization.id)
      return organizationExport(organization, {
        members: members
          .filter(({ organizationId }) => organizationId === organization.id)
          .map(({ organizationId: _, groups: in_, ...member }) => ({
            ...member,
            ...(in_.length > 0 ? { groups: in_ } : {}),
          })),
        identityProviders: linked.map(({ alias, enabled }) => ({ alias, enabled, config: {} })),
        groups: groupTree(own, groupPathsOf(own)),
      })
    }),
  }
}

function organizationExport(
  organization: Organization,
  contents: Required<Pick<OrganizationExport, 'groups' | 'identityProviders' | 'members'>>,
): OrganizationExport {
  const { id, name, alias, enabled, description, redirectUrl, attributes, domains } = organization
  const filled = Object.entries(contents).filter(([, list]) => list.length > 0)
  return {
    ...organization.representation,
    id,
    name,
    alias,
    enabled,
    ...(description === null ? {} : { description }),
    ...(redirectUrl === null ? {} : { redirectUrl }),
    attributes: { ...attributes },
    domains: domains.map((domain) => ({ ...domain })),
    ...Object.fromEntries(filled),
  }
}
