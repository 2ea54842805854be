import type { ClientId } from '../../typed-ids.ts'
import type { VisibleRoles } from '../token-context.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** @returns client and role of `client.role`, or just the role; a dot may stand in the client's id */
export function splitRoleName(name: string): { clientId: ClientId | null; role: string } {
  const dot = name.lastIndexOf('.')
  return dot < 0
    ? { clientId: null, role: name }
    : { clientId: name.slice(0, dot), role: name.slice(dot + 1) }
}

/** Adds a role to those that the token shows. */
export function showRole(roles: VisibleRoles, name: string): void {
  const { clientId, role } = splitRoleName(name)
  if (clientId === null) {
    roles.realm.add(role)
    return
  }
  const names = roles.clients.get(clientId) ?? new Set()
  roles.clients.set(clientId, names.add(role))
}

export const hardcodedRoleMapper: ProtocolMapperType = {
  id: 'oidc-hardcoded-role-mapper',
  priority: 20,
  seesRoles: true,
  targets: allTargets,
  isIncluded: () => true,
  apply(_claims, { roles }, config) {
    if (config['role']) showRole(roles, config['role'])
  },
}
