import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { flagOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

const detachedSignature = 'id.token.as.detached.signature'
const prohibited = () =>
  new ClientPolicyRefusal('invalid_request', 'Implicit/Hybrid flow is prohibited.')

/** What an authorization request may ask for, and what it has to carry. */
export const responseTypeExecutors: readonly PolicyExecutor[] = [
  {
    id: 'reject-implicit-grant',
    changes: on(saved, ({ proposed }, configuration) => {
      if (flagOf(configuration, 'auto-configure')) proposed.implicitFlowEnabled = false
      if (proposed.implicitFlowEnabled !== true) return
      throw new ClientPolicyRefusal(
        'invalid_client_metadata',
        'Invalid client metadata: implicit flow enabled',
      )
    }),
    calls: {
      PUSHED_AUTHORIZATION_REQUEST: ({ parameters }) => {
        const type = parameters.get('response_type') ?? ''
        if (type === '') throw new ClientPolicyRefusal('invalid_request', 'No response type.')
        if (type !== 'code') throw prohibited()
      },
      AUTHORIZATION_REQUEST: (call) => {
        const types = responseTypesOf(call)
        if (types.includes('token') || types.includes('id_token')) throw prohibited()
      },
    },
  },
  {
    id: 'secure-response-type',
    changes: on(saved, ({ proposed }, configuration) => {
      if (flagOf(configuration, 'auto-configure')) {
        proposed.attributes = { ...proposed.attributes, [detachedSignature]: 'true' }
      }
      if (proposed.attributes?.[detachedSignature] === 'true') return
      throw new ClientPolicyRefusal(
        'invalid_client_metadata',
        'Invalid client metadata: ID Token as detached signature in disabled',
      )
    }),
    calls: {
      AUTHORIZATION_REQUEST: (call, configuration) => {
        const types = responseTypesOf(call)
        if (types.includes('code') && types.includes('id_token')) {
          if (!types.includes('token')) return
          if (flagOf(configuration, 'allow-token-response-type')) return
        }
        const mode = call.parameters.get('response_mode')?.toLowerCase()
        if (types.join() === 'code' && mode === 'jwt') return
        throw new ClientPolicyRefusal('invalid_request', 'invalid response_type')
      },
    },
  },
  {
    id: 'secure-session',
    calls: {
      AUTHORIZATION_REQUEST: ({ parameters }) => {
        const openid = (parameters.get('scope') ?? '').split(' ').includes('openid')
        const needed = openid ? 'nonce' : 'state'
        if (parameters.get(needed)) return
        throw new ClientPolicyRefusal('invalid_request', `Missing parameter: ${needed}`)
      },
    },
  },
  {
    id: 'secure-ciba-session',
    calls: {
      BACKCHANNEL_AUTHENTICATION_REQUEST: ({ parameters }) => {
        if (parameters.get('binding_message')) return
        throw new ClientPolicyRefusal('invalid_request', 'Missing parameter: binding_message')
      },
    },
  },
]

function responseTypesOf({ parameters }: ClientCall): string[] {
  return (parameters.get('response_type') ?? '').split(' ').filter((part) => part !== '')
}
