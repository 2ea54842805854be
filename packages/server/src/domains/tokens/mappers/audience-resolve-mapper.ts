import { addAudience } from './claim-writer.ts'
import { accessTargets, isSwitchedOn, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** Adds every other client of which the token shows roles. */
export const audienceResolveMapper: ProtocolMapperType = {
  id: 'oidc-audience-resolve-mapper',
  priority: 30,
  seesRoles: true,
  targets: accessTargets,
  // Mappers made before the switches existed have none and act (the built-in account console's is one).
  isIncluded: (config, target, lightweight) =>
    target === 'access' && !lightweight && config['access.token.claim'] === undefined
      ? true
      : isSwitchedOn(config, target, lightweight),
  apply(claims, { client, roles }) {
    for (const [clientId, names] of roles.clients) {
      if (clientId !== client.clientId && names.size > 0) addAudience(claims, clientId)
    }
  },
}
