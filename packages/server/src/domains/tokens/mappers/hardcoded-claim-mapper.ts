import { writeClaim } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const hardcodedClaimMapper: ProtocolMapperType = {
  id: 'oidc-hardcoded-claim-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, _context, config, path) {
    writeClaim(claims, config, path, config['claim.value'])
  },
}
