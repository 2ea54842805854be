import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import type { PolicyExecutor } from './executor.ts'

/** Authorization requests are pushed, and the browser adds nothing to them (FAPI 2.0 Security Profile §5.3.2.2). */
export const secureParContent: PolicyExecutor = {
  id: 'secure-par-content',
  calls: {
    PUSHED_AUTHORIZATION_REQUEST: ({ parameters }) => {
      if (parameters.get('redirect_uri')) return
      throw new ClientPolicyRefusal(
        'invalid_request',
        "PAR is required to have a 'redirect_uri' parameter",
      )
    },
    PRE_AUTHORIZATION_REQUEST: requirePushed,
  },
}

function requirePushed({ sent, parameters, pushed }: ClientCall): void {
  if (pushed === 'unknown') {
    throw new ClientPolicyRefusal(
      'invalid_request_uri',
      'PAR not found, not issued or used multiple times.',
    )
  }
  if (pushed !== 'yes')
    throw new ClientPolicyRefusal('invalid_request', 'PAR request_uri not included.')
  for (const [name, value] of sent) {
    if (name === 'request_uri' || parameters.get(name) === value) continue
    throw new ClientPolicyRefusal(
      'invalid_request_object',
      'PAR request did not include query parameter',
    )
  }
}
