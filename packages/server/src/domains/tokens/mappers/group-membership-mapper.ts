import { writeClaim } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const groupMembershipMapper: ProtocolMapperType = {
  id: 'oidc-group-membership-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { memberships }, config, path) {
    const byPath = config['full.path'] !== 'false'
    const names = memberships.groups.map((group) => (byPath ? group.path : group.name))
    writeClaim(claims, config, path, names, true)
  },
}
