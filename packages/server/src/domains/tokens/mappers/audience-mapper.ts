import { addAudience } from './claim-writer.ts'
import type { ProtocolMapperType } from './protocol-mapper-type.ts'

export const audienceMapper: ProtocolMapperType = {
  id: 'oidc-audience-mapper',
  priority: 0,
  targets: ['access', 'id', 'introspection'],
  apply(claims, _context, config) {
    const audience = config['included.client.audience'] || config['included.custom.audience']
    if (audience) addAudience(claims, audience)
  },
}
