import { accessTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const subMapper: ProtocolMapperType = {
  id: 'oidc-sub-mapper',
  priority: -10,
  targets: accessTargets,
  apply(claims, { user }) {
    claims['sub'] = user.id
  },
}
