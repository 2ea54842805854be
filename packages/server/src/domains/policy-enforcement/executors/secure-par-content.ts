import { decodeJwt } from 'jose'
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

function requirePushed({ sent, parameters, pushed, resumed }: ClientCall): void {
  if (pushed === 'unknown') {
    throw new ClientPolicyRefusal(
      'invalid_request_uri',
      'PAR not found, not issued or used multiple times.',
    )
  }
  if (pushed !== 'yes')
    throw new ClientPolicyRefusal('invalid_request', 'PAR request_uri not included.')
  // A login goes on with what was pushed; what came beside it was judged when it began, and is not known any more.
  if (resumed !== undefined) return
  const content = pushedContent(parameters)
  if (content === null) return
  for (const [name, value] of sent) {
    if (name === 'request_uri' || content(name) === value) continue
    throw new ClientPolicyRefusal(
      'invalid_request_object',
      'PAR request did not include query parameter',
    )
  }
}

/**
 * What was pushed, by name. Of a pushed request object only its claims count (RFC 9126 §3), which were verified when it came;
 * OpenID Connect Core §6.1 has the browser repeat some of them.
 * @returns null for one that is encrypted: nothing that the browser adds counts beside it (RFC 9101 §6.3)
 */
function pushedContent(parameters: URLSearchParams): ((name: string) => unknown) | null {
  const request = parameters.get('request')
  if (request === null) return (name) => parameters.get(name)
  try {
    const claims = decodeJwt(request)
    return (name) => claims[name]
  } catch {
    return null
  }
}
