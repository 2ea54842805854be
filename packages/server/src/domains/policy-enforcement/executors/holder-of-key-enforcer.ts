import { confirms } from '../../tokens/confirmation.ts'
import { ClientPolicyRefusal } from '../client-policy-refusal.ts'
import type { ClientCall } from '../policy-occasion.ts'
import { on, type PolicyExecutor } from './executor.ts'
import { requiredBinding } from './required-binding.ts'

const attribute = 'tls.client.certificate.bound.access.tokens'
const mismatch = 'Client certificate missing, or its thumbprint and one in the token did NOT match'

/** Tokens are bound to the client's certificate (RFC 8705 §3). */
export const holderOfKeyEnforcer: PolicyExecutor = {
  id: 'holder-of-key-enforcer',
  changes: requiredBinding(attribute, 'MTLS token in disabled'),
  calls: {
    ...on(
      ['TOKEN_REQUEST', 'SERVICE_ACCOUNT_TOKEN_REQUEST', 'BACKCHANNEL_TOKEN_REQUEST'],
      ({ certificate }: ClientCall) => {
        if (certificate !== undefined) return
        throw new ClientPolicyRefusal(
          'invalid_request',
          'Client Certification missing for MTLS HoK Token Binding',
        )
      },
    ),
    ...on(['TOKEN_REVOKE', 'USERINFO_REQUEST', 'LOGOUT_REQUEST'], (call: ClientCall) => {
      if (!isHolder(call)) throw new ClientPolicyRefusal('not_allowed', mismatch, 401)
    }),
    TOKEN_REFRESH: (call) => {
      if (isHolder(call)) return
      throw new ClientPolicyRefusal(
        'invalid_grant',
        'Client certificate missing, or its thumbprint and one in the refresh token did NOT match',
      )
    },
  },
}

/** What is no token is refused elsewhere. */
function isHolder({ token, certificate }: ClientCall): boolean {
  if (token === undefined) return true
  const { cnf } = token
  if (cnf === null || typeof cnf !== 'object' || !('x5t#S256' in cnf)) return false
  const x5t = { cnf: { 'x5t#S256': cnf['x5t#S256'] } }
  return certificate !== undefined && confirms({ x5t: certificate }, x5t)
}
