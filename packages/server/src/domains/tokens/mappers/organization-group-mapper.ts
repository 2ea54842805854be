import type { Claims } from '../token-context.ts'
import { chosenOrganizations } from './organization-mapper.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** Adds the groups of each organization to its object in the `organization` claim; realms without such groups show none. */
export const organizationGroupMapper: ProtocolMapperType = {
  id: 'oidc-organization-group-membership-mapper',
  priority: 10,
  targets: allTargets,
  apply(claims, context) {
    const shown = claims['organization']
    if (shown === null || typeof shown !== 'object' || Array.isArray(shown)) return
    for (const { alias, representation } of chosenOrganizations(context)) {
      const groups = representation['groups']
      const entry = (shown as Claims)[alias]
      if (!Array.isArray(groups) || groups.length === 0 || typeof entry !== 'object') continue
      const paths = groups.map((group: { path?: string }) => group.path).filter(Boolean)
      ;(shown as Claims)[alias] = { ...entry, groups: paths }
    }
  },
}
