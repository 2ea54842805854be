import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const sessionStateMapper: ProtocolMapperType = {
  id: 'oidc-session-state-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { session }) {
    claims['session_state'] = session.id
  },
}
