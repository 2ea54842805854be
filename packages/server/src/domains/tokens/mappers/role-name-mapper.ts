import { showRole, splitRoleName } from './hardcoded-role-mapper.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** Shows a role under another name, or as a role of another client. */
export const roleNameMapper: ProtocolMapperType = {
  id: 'oidc-role-name-mapper',
  priority: 10,
  seesRoles: true,
  targets: allTargets,
  isIncluded: () => true,
  apply(_claims, { roles }, config) {
    const from = config['role']
    const to = config['new.role.name']
    if (!from || !to) return
    const { clientId, role } = splitRoleName(from)
    const names = clientId === null ? roles.realm : roles.clients.get(clientId)
    if (names?.delete(role)) showRole(roles, to)
  },
}
