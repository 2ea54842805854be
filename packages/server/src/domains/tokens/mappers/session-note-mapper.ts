import { writeClaim } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

export const sessionNoteMapper: ProtocolMapperType = {
  id: 'oidc-usersessionmodel-note-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { session }, config, path) {
    writeClaim(claims, config, path, session.notes[config['user.session.note'] ?? ''])
  },
}
