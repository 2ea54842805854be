import type { Users } from '../../users/users.ts'
import type { Condition } from '../engine/step.ts'

/**
 * Matches users with the role `condUserRole` (`role` or `client.role`), or without it when `negate` is on. Nobody has a role
 * that is not there: with `negate` its sub-flow is for everybody, while Keycloak passes it over, although it may be the
 * second factor.
 */
export function userRole(deps: { readonly users: Pick<Users, 'memberships'> }): Condition {
  return {
    id: 'conditional-user-role',
    async matches({ execution, user }) {
      const wanted = execution.config['condUserRole'] ?? ''
      if (user === null) return false
      const { roles } = await deps.users.memberships(user)
      const holds = roles.some(({ name, clientId }) =>
        clientId === null ? name === wanted : `${clientId}.${name}` === wanted,
      )
      return holds !== (execution.config['negate'] === 'true')
    },
  }
}
