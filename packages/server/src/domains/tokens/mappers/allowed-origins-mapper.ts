import { validWebOrigins } from '../web-origins.ts'
import { accessTargets, isSwitchedOn, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const allowedOriginsMapper: ProtocolMapperType = {
  id: 'oidc-allowed-origins-mapper',
  priority: 0,
  targets: accessTargets,
  // As for audience resolve: without switches it acts.
  isIncluded: (config, target, lightweight) =>
    target === 'access' && !lightweight && config['access.token.claim'] === undefined
      ? true
      : isSwitchedOn(config, target, lightweight),
  apply(claims, { client, places }) {
    const origins = validWebOrigins(client, places)
    if (origins.length > 0) claims['allowed-origins'] = origins
  },
}
