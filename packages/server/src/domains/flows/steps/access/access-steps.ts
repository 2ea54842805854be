import type { Step } from '../../engine/step.ts'

const neverAsks = {
  requiresUser: false,
  proves: false,
  configuredFor: async () => true,
}

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
    return { kind: 'abort', error: 'access_denied', message: { key } }
  },
  async action() {
    return { kind: 'abort', error: 'access_denied', message: { key: 'access-denied' } }
  },
}
