import { ownMember } from '../../../shared/own-member.ts'
import type { GroupsOfMember } from '../../organizations/organization-group.ts'
import type { Claims } from '../token-context.ts'
import { setAtPath } from './claim-writer.ts'
import { chosenOrganizations } from './organization-mapper.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/**
 * Adds the groups of each organization, and the roles that they give where that is asked for, to its object in the claim of
 * the mapper of organizations; without such a mapper there is nothing to add to. Priority 10, as Keycloak's.
 */
export const organizationGroupMapper: ProtocolMapperType = {
  id: 'oidc-organization-group-membership-mapper',
  priority: 10,
  targets: allTargets,
  apply(claims, context, config) {
    const { organizationClaim } = context
    if (!organizationClaim || context.organizations === null) return
    const path = organizationClaim.length > 0 ? organizationClaim : ['organization']
    const shown = at(claims, path)
    const known = isObject(shown) ? shown : {}
    const entries = chosenOrganizations(context).map((organization): [string, Claims] => {
      const entry = known[organization.alias]
      return [
        organization.alias,
        {
          ...(isObject(entry) ? entry : {}),
          ...(config['addGroupRoleMappings'] === 'true' ? rolesOf(organization) : {}),
          groups: [...organization.groupPaths],
        },
      ]
    })
    setAtPath(claims, path, Object.fromEntries(entries))
  },
}

function rolesOf({ groupRoles }: GroupsOfMember): Claims {
  const ofRealm = groupRoles.filter(({ clientId }) => clientId === null).map(({ name }) => name)
  const ofClients = new Map<string, { roles: string[] }>()
  for (const { name, clientId } of groupRoles) {
    if (clientId === null) continue
    const entry = ofClients.get(clientId) ?? { roles: [] }
    entry.roles.push(name)
    ofClients.set(clientId, entry)
  }
  return {
    ...(ofClients.size > 0 ? { resource_access: Object.fromEntries(ofClients) } : {}),
    ...(ofRealm.length > 0 ? { realm_access: { roles: ofRealm } } : {}),
  }
}

function at(claims: Claims, path: readonly string[]): unknown {
  let place: unknown = claims
  for (const part of path) place = isObject(place) ? ownMember(place, part) : undefined
  return place
}

function isObject(value: unknown): value is Claims {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
