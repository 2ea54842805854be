import type { Client } from '../../clients/client.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import { flagOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

/** What kind of client it has to be, and what it may not be able to do. */
export const clientKindExecutors: readonly PolicyExecutor[] = [
  {
    id: 'confidential-client',
    calls: on(
      [
        'AUTHORIZATION_REQUEST',
        'PUSHED_AUTHORIZATION_REQUEST',
        'TOKEN_REQUEST',
        'SERVICE_ACCOUNT_TOKEN_REQUEST',
        'BACKCHANNEL_AUTHENTICATION_REQUEST',
        'BACKCHANNEL_TOKEN_REQUEST',
      ],
      ({ client }) => requireConfidential(client),
    ),
  },
  {
    id: 'consent-required',
    changes: on(saved, ({ proposed }, configuration) => {
      if (flagOf(configuration, 'auto-configure', true)) proposed.consentRequired = true
      if (proposed.consentRequired === true) return
      throw new ClientPolicyRefusal(
        'invalid_registration',
        'Client is required to enable consentRequired',
      )
    }),
  },
  {
    id: 'full-scope-disabled',
    changes: on(saved, ({ proposed }, configuration) => {
      if (flagOf(configuration, 'auto-configure', true)) proposed.fullScopeAllowed = false
      if (proposed.fullScopeAllowed === false) return
      throw new ClientPolicyRefusal(
        'invalid_registration',
        'Not permitted to enable fullScopeAllowed',
      )
    }),
  },
  {
    id: 'reject-ropc-grant',
    changes: on(saved, ({ proposed }, configuration) => {
      if (flagOf(configuration, 'auto-configure')) proposed.directAccessGrantsEnabled = false
      if (proposed.directAccessGrantsEnabled === false) return
      throw new ClientPolicyRefusal(
        'invalid_client_metadata',
        'Invalid client metadata: resource owner password credentials grant enabled',
      )
    }),
    calls: {
      RESOURCE_OWNER_PASSWORD_CREDENTIALS_REQUEST: () => {
        throw new ClientPolicyRefusal(
          'invalid_grant',
          'resource owner password credentials grant is prohibited.',
        )
      },
    },
  },
  {
    id: 'reject-request',
    always: () => {
      throw new ClientPolicyRefusal('invalid_request', 'Request not allowed')
    },
  },
]

function requireConfidential({ representation: { publicClient, bearerOnly } }: Client): void {
  if (publicClient) {
    throw new ClientPolicyRefusal('invalid_client', 'invalid client access type: public')
  }
  if (bearerOnly) {
    throw new ClientPolicyRefusal('invalid_client', 'invalid client access type: bearer only')
  }
}
