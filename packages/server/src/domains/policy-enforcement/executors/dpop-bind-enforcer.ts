import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { flagOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor } from './executor.ts'
import { requiredBinding } from './required-binding.ts'

const attribute = 'dpop.bound.access.tokens'
const noProof = 'DPoP proof is missing'

/** Tokens are bound to a key of the client (RFC 9449). Whether a proof is right is asked where it is used. */
export const dpopBindEnforcer: PolicyExecutor = {
  id: 'dpop-bind-enforcer',
  // Keycloak lets public clients with bearer tokens be where only their refresh tokens are bound.
  changes: requiredBinding(attribute, 'DPoP token is disabled'),
  calls: {
    ...on(
      ['AUTHORIZATION_REQUEST', 'PUSHED_AUTHORIZATION_REQUEST'],
      ({ parameters, proof }: ClientCall, configuration) => {
        if (!flagOf(configuration, 'enforce-authorization-code-binding-to-dpop')) return
        // RFC 9449 §10.1: the proof of a pushed request names the key too.
        if (parameters.get('dpop_jkt') || proof !== undefined) return
        throw new ClientPolicyRefusal('invalid_request', 'Missing parameter: dpop_jkt')
      },
    ),
    PRE_TOKEN_REQUEST: ({ client, proof }) => {
      if (client.representation.attributes?.[attribute] !== 'true' || proof) return
      throw new ClientPolicyRefusal('invalid_request', noProof)
    },
    ...on(
      ['TOKEN_REQUEST', 'TOKEN_REFRESH'],
      ({ client, proof }: ClientCall, configuration, _deps, effects) => {
        const { attributes, publicClient } = client.representation
        if (attributes?.[attribute] === 'true' || !publicClient) return
        if (!flagOf(configuration, 'allow-only-refresh-token-binding')) return
        if (!proof) throw new ClientPolicyRefusal('invalid_dpop_proof', noProof)
        effects.bindsOnlyRefreshToken = true
      },
    ),
    ...on(
      ['TOKEN_REVOKE', 'USERINFO_REQUEST', 'BACKCHANNEL_TOKEN_REQUEST'],
      ({ proof, token, event }: ClientCall) => {
        if (event === 'TOKEN_REVOKE' && token === undefined) return
        if (!proof) throw new ClientPolicyRefusal('invalid_dpop_proof', noProof)
      },
    ),
  },
}
