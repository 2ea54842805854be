import type { Step } from '../../engine/step.ts'

const neverAsks = {
  requiresUser: false,
  proves: false,
  configuredFor: async () => true,
}

// Keycloak's page of it says 401 too, without naming a scheme: there is none to try.
const denied = { kind: 'abort', error: 'access_denied', status: 401 } as const

/** Always passes: ends a list of alternatives. */
export const allowAccessStep: Step = {
  ...neverAsks,
  id: 'allow-access-authenticator',
  async authenticate() {
    return { kind: 'success' }
  },
  async action() {
    return { kind: 'success' }
  },
}

/** Never passes; the text comes from its configuration. */
export const denyAccessStep: Step = {
  ...neverAsks,
  id: 'deny-access-authenticator',
  async authenticate({ execution }) {
    const key = execution.config['denyErrorMessage'] || 'access-denied'
    return { ...denied, message: { key } }
  },
  async action() {
    return { ...denied, message: { key: 'access-denied' } }
  },
}
