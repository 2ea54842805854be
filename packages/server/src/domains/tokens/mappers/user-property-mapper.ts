import { ownMember } from '../../../shared/own-member.ts'
import type { User } from '../../users/user.ts'
import { writeClaim } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

const properties: Readonly<Record<string, (user: User) => unknown>> = {
  id: (user) => user.id,
  username: (user) => user.username,
  email: (user) => user.email,
  emailVerified: (user) => user.emailVerified,
  firstName: (user) => user.firstName,
  lastName: (user) => user.lastName,
  enabled: (user) => user.enabled,
  createdTimestamp: (user) => user.createdTimestamp,
}

/** One of the user's own properties, named as Keycloak's user model names it. */
export const userPropertyMapper: ProtocolMapperType = {
  id: 'oidc-usermodel-property-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { user }, config, path) {
    const name = config['user.attribute'] ?? ''
    const property = ownMember(properties, name)
    writeClaim(claims, config, path, property?.(user))
  },
}
