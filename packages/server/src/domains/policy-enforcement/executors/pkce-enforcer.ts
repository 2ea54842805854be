import { createHash } from 'node:crypto'
import { equalInConstantTime } from '../../../shared/constant-time.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { flagOf } from '../rule-configuration.ts'
import { on, type PolicyExecutor, saved } from './executor.ts'

const methodAttribute = 'pkce.code.challenge.method'
const method = 'S256'
/** RFC 7636 §4.1 and §4.2. */
const shape = /^[A-Za-z0-9\-._~]{43,128}$/
const invalid = (text: string) => new ClientPolicyRefusal('invalid_request', text)

/** Authorization codes are for who has asked for them (RFC 7636), by `S256` alone. */
export const pkceEnforcer: PolicyExecutor = {
  id: 'pkce-enforcer',
  changes: on(saved, ({ proposed }, configuration) => {
    if (flagOf(configuration, 'auto-configure')) {
      proposed.attributes = { ...proposed.attributes, [methodAttribute]: method }
    }
    if (proposed.attributes?.[methodAttribute] === method) return
    throw new ClientPolicyRefusal(
      'invalid_client_metadata',
      'Invalid client metadata: code_challenge_method',
    )
  }),
  calls: { AUTHORIZATION_REQUEST: requireChallenge, TOKEN_REQUEST: requireVerifier },
}

function requireChallenge({ parameters, client }: ClientCall): void {
  const given = parameters.get('code_challenge_method')
  const challenge = parameters.get('code_challenge')
  if (!given) throw invalid('Missing parameter: code_challenge_method')
  if (given !== method) throw invalid('Invalid parameter: invalid code_challenge_method')
  const chosen = client.representation.attributes?.[methodAttribute]
  if (chosen && chosen !== given) {
    throw invalid('Invalid parameter: code challenge method is not matching the configured one')
  }
  if (!challenge) throw invalid('Missing parameter: code_challenge')
  if (!shape.test(challenge)) throw invalid('Invalid parameter: code_challenge')
}

/** `parameters` are those of the request that the code was issued for. */
function requireVerifier({ sent, parameters }: ClientCall): void {
  const verifier = sent.get('code_verifier')
  if (verifier === null) {
    throw new ClientPolicyRefusal('code_verifier_missing', 'PKCE code verifier not specified')
  }
  if (!shape.test(verifier)) {
    throw new ClientPolicyRefusal('invalid_code_verifier', 'PKCE invalid code verifier')
  }
  const challenge = parameters.get('code_challenge') ?? ''
  const proved = createHash('sha256').update(verifier).digest('base64url')
  if (parameters.get('code_challenge_method') === method && equalInConstantTime(proved, challenge))
    return
  throw new ClientPolicyRefusal('pkce_verification_failed', 'PKCE verification failed')
}
