import { organizationNote } from '../../organizations/organization.ts'
import type { Realm } from '../../realms/realm.ts'
import type { UserMemberships } from '../../users/user.ts'
import type { MapperContext, OrganizationChoice } from '../token-context.ts'
import { claimPath, setAtPath } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

type MemberOrganization = UserMemberships['organizations'][number]

/** The enabled organizations of the user that the scope asked for; of several, the one chosen at the login. */
export function chosenOrganizations(context: MapperContext): MemberOrganization[] {
  const alias = context.session.client.notes[organizationNote]
  const chosen =
    context.organizations === 'single' && alias !== undefined ? { alias } : context.organizations
  return organizationsOf(context.realm, context.memberships, chosen)
}

/** @returns the enabled organizations of a user that are among those chosen */
export function organizationsOf(
  realm: Realm,
  memberships: Pick<UserMemberships, 'organizations'>,
  organizations: OrganizationChoice | null,
): MemberOrganization[] {
  if (!realm.settings.organizationsEnabled || organizations === null) return []
  const members = memberships.organizations.filter(({ enabled }) => enabled)
  if (organizations === 'all') return members
  if (organizations === 'single') return members.length === 1 ? members : []
  return members.filter(({ alias }) => alias === organizations.alias)
}

/** Aliases of the user's organizations, or objects by alias where ids, domains or attributes are asked for. */
export const organizationMapper: ProtocolMapperType = {
  id: 'oidc-organization-membership-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, context, config) {
    // Whoever is in no organization has no claim; whoever is in one that the scope does not name has an empty one.
    if (context.memberships.organizations.length === 0) return
    const found = chosenOrganizations(context)
    const path = claimPath(config['claim.name'] || 'organization')
    const withId = config['addOrganizationId'] === 'true'
    const withAttributes = config['addOrganizationAttributes'] === 'true'
    const withDomain = config['addOrganizationDomain'] === 'true'
    if (!withId && !withAttributes && !withDomain) {
      const aliases = found.map(({ alias }) => alias)
      if (aliases.length === 0) return
      setAtPath(claims, path, config['multivalued'] === 'false' ? aliases[0] : aliases)
      return
    }
    const entries = found.map((organization) => [
      organization.alias,
      {
        ...(withAttributes ? organization.attributes : {}),
        ...(withDomain ? { domains: organization.domains.map(({ name }) => name) } : {}),
        ...(withId ? { id: organization.id } : {}),
      },
    ])
    setAtPath(claims, path, Object.fromEntries(entries))
  },
}
