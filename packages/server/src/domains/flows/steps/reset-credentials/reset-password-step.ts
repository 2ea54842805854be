import type { Step } from '../../engine/step.ts'

/** Has a new password set in this login: of everybody where it is required, otherwise of who has one. */
export const resetPasswordStep: Step = {
  id: 'reset-password',
  requiresUser: true,
  proves: false,
  async configuredFor() {
    return true
  },
  async authenticate(context) {
    const { execution, credentialTypes, user } = context
    const has = user !== null && (await credentialTypes.of(user)).includes('password')
    if (execution.requirement === 'REQUIRED' || has) context.requireAction('UPDATE_PASSWORD')
    return { kind: 'success' }
  },
  async action() {
    return { kind: 'success' }
  },
}
