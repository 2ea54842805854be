import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const fullNameMapper: ProtocolMapperType = {
  id: 'oidc-full-name-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { user }) {
    const parts = [user.firstName, user.lastName].filter((part) => part)
    if (parts.length > 0) claims['name'] = parts.join(' ')
  },
}
