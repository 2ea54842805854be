import { FlowFailure } from '../../engine/flow-failure.ts'
import type { Step } from '../../engine/step.ts'

/**
 * A method of Keycloak that this server does not have. Users without its credential are not stopped by it as an
 * alternative; whoever reaches it gets an error page.
 * @param id Keycloak's provider id
 * @param credentialType what it would check
 */
export function unavailableStep(id: string, credentialType: string): Step {
  return {
    id,
    credentialType,
    unavailable: true,
    requiresUser: true,
    proves: true,
    async configuredFor({ credentialTypes }, user) {
      return user !== null && (await credentialTypes.of(user)).includes(credentialType)
    },
    async authenticate() {
      throw FlowFailure.unavailable(id)
    },
    async action() {
      throw FlowFailure.unavailable(id)
    },
  }
}
