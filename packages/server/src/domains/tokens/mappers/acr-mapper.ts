import { acrOf } from '../authentication-level.ts'
import type { ProtocolMapperType } from './protocol-mapper-type.ts'

export const acrMapper: ProtocolMapperType = {
  id: 'oidc-acr-mapper',
  priority: 0,
  targets: ['access', 'id', 'introspection'],
  apply(claims, { realm, client, session }) {
    claims['acr'] = acrOf(realm, client, session.client.notes)
  },
}
