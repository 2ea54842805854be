import { acrOf } from '../authentication-level.ts'
import type { ProtocolMapperType } from './protocol-mapper-type.ts'

export const acrMapper: ProtocolMapperType = {
  id: 'oidc-acr-mapper',
  priority: 0,
  targets: ['access', 'id', 'introspection'],
  apply(claims, { acrLevels, client, session }) {
    claims['acr'] = acrOf(acrLevels, client, session.client.notes)
  },
}
