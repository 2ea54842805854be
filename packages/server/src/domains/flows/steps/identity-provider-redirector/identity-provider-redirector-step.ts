import type { Step } from '../../engine/step.ts'

/** Would send the browser to an identity provider; there is none that this server brokers, so other steps follow. */
export const identityProviderRedirectorStep: Step = {
  id: 'identity-provider-redirector',
  requiresUser: false,
  proves: false,
  async configuredFor() {
    return true
  },
  async authenticate() {
    return { kind: 'attempted' }
  },
  async action() {
    return { kind: 'attempted' }
  },
}
