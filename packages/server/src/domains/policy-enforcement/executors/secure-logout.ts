import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import { flagOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

const refused = () =>
  new ClientPolicyRefusal(
    'invalid_registration',
    'Front-channel logout is not allowed for this client',
  )

/** Clients learn of logouts from the server, not through the user's browser. */
export const secureLogout: PolicyExecutor = {
  id: 'secure-logout',
  changes: on(saved, ({ proposed }, configuration) => {
    if (flagOf(configuration, 'allow-front-channel-logout')) return
    const { frontchannelLogout, attributes } = proposed
    if (frontchannelLogout || attributes?.['frontchannel.logout.url']?.trim()) throw refused()
  }),
  calls: {
    LOGOUT_REQUEST: ({ method }, configuration) => {
      if (method?.toUpperCase() !== 'GET') return
      if (!flagOf(configuration, 'allow-front-channel-logout')) throw refused()
    },
  },
}
