import type { Condition } from '../engine/step.ts'

/**
 * Matches when the client scope of the name `client_scope` takes part in the login: one that the client has by default, or
 * an optional one that it asks for. With `negate` on it matches when the scope does not.
 */
export const clientScope: Condition = {
  id: 'conditional-client-scope',
  async matches({ client, request, execution }) {
    const { defaultClientScopes = [], optionalClientScopes = [] } = client.representation
    const wanted = execution.config['client_scope'] ?? ''
    const asked = request.scope.split(' ').includes(wanted)
    const takesPart =
      defaultClientScopes.includes(wanted) || (asked && optionalClientScopes.includes(wanted))
    return takesPart !== (execution.config['negate'] === 'true')
  },
}
