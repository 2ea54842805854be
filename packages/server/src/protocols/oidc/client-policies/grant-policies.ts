import type {
  ClientCallEvent,
  PolicyEffects,
} from '../../../domains/policy-enforcement/policy-occasion.ts'
import type { Confirmation } from '../../../domains/tokens/confirmation.ts'
import type { TokenResponse } from '../../../domains/tokens/tokens.ts'
import type { GrantAnswer } from '../grants/grant.ts'
import {
  claimsOfToken,
  type EnforcementDeps,
  enforcePolicies,
  type PolicedRequest,
} from './enforce-policies.ts'

/** What policies call a use of a grant. A code tells more once it is redeemed. */
const policyEvents: Readonly<Record<string, ClientCallEvent>> = {
  authorization_code: 'PRE_TOKEN_REQUEST',
  refresh_token: 'TOKEN_REFRESH',
  password: 'RESOURCE_OWNER_PASSWORD_CREDENTIALS_REQUEST',
  client_credentials: 'SERVICE_ACCOUNT_TOKEN_REQUEST',
  'urn:ietf:params:oauth:grant-type:device_code': 'DEVICE_TOKEN_REQUEST',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'TOKEN_EXCHANGE_REQUEST',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'JWT_AUTHORIZATION_GRANT',
  'urn:openid:params:grant-type:ciba': 'BACKCHANNEL_TOKEN_REQUEST',
}

/** Lets client policies have their say about a token request. @throws OAuthError */
export async function enforceOnGrant(
  deps: EnforcementDeps,
  grantType: string,
  policed: PolicedRequest,
): Promise<PolicyEffects> {
  const { form } = policed
  const token = claimsOfToken(
    form.get('refresh_token') ?? form.get('subject_token') ?? form.get('assertion'),
  )
  const own = grantType === 'refresh_token' ? token?.['scope'] : form.get('scope')
  const scope = typeof own === 'string' ? own : ''
  const event = policyEvents[grantType] ?? 'TOKEN_REQUEST'
  return await enforcePolicies(deps, event, policed, { scope, token })
}

/** @returns what is answered: the refresh token stays away where policies want no new one */
export function answeredBy(
  response: GrantAnswer['response'],
  effects: PolicyEffects,
): GrantAnswer['response'] {
  if (effects.suppressesRefreshToken !== true || Array.isArray(response)) return response
  const { refresh_token: _, refresh_expires_in: __, ...others } = response as TokenResponse
  return others
}

/** @returns what tokens are bound to: under some policies the refresh token alone */
export function confirmationBy(confirmation: Confirmation, effects: PolicyEffects): Confirmation {
  return effects.bindsOnlyRefreshToken === true
    ? { ...confirmation, onlyRefresh: true }
    : confirmation
}
