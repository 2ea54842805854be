import { isClientIdUri } from '../metadata-documents/document-policy.ts'
import { type ClientCall, isClientChange, type PolicyOccasion } from '../policy-occasion.ts'
import { textOf, textsOf } from '../rule-configuration.ts'
import { type PolicyCondition, type Vote, voteOf } from './condition.ts'

/** Grant types by what happens when a client uses them. */
const grantTypes: Readonly<Partial<Record<PolicyOccasion['event'], string>>> = {
  TOKEN_REFRESH: 'refresh_token',
  RESOURCE_OWNER_PASSWORD_CREDENTIALS_REQUEST: 'password',
  SERVICE_ACCOUNT_TOKEN_REQUEST: 'client_credentials',
  TOKEN_EXCHANGE_REQUEST: 'urn:ietf:params:oauth:grant-type:token-exchange',
  DEVICE_TOKEN_REQUEST: 'urn:ietf:params:oauth:grant-type:device_code',
  JWT_AUTHORIZATION_GRANT: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
}

/** What a client asks for. */
export const callConditions: Readonly<Record<string, PolicyCondition>> = {
  'grant-type': (occasion, configuration) => {
    const named = grantTypesOf(occasion)
    if (named === null) return 'abstain'
    const wanted = textsOf(configuration, 'grant_types')
    return voteOf(named.some((type) => wanted.includes(type)))
  },
  'client-id-uri': (occasion, configuration) => {
    if (isClientChange(occasion) || occasion.event !== 'PRE_AUTHORIZATION_REQUEST') return 'abstain'
    return voteOf(isClientIdUri(occasion.client.clientId, configuration))
  },
  'acr-condition': (occasion, configuration, _deps, effects): Vote => {
    if (isClientChange(occasion) || occasion.event !== 'AUTHORIZATION_REQUEST') return 'abstain'
    const wanted = textOf(configuration, 'acr-property')
    if (wanted === undefined || !acrValuesOf(occasion).includes(wanted)) return 'no'
    effects.requestedAcr = wanted
    return 'yes'
  },
  'identity-provider-alias': (occasion, configuration) => {
    if (isClientChange(occasion) || occasion.identityProviderAlias === undefined) return 'abstain'
    const wanted = textsOf(configuration, 'identity_provider_aliases')
    return voteOf(wanted.includes(occasion.identityProviderAlias))
  },
}

/** An authorization request stands for the grants that its response type is for. */
function grantTypesOf(occasion: PolicyOccasion): string[] | null {
  const { event } = occasion
  if (event !== 'AUTHORIZATION_REQUEST') {
    const type = grantTypes[event]
    return type === undefined ? null : [type]
  }
  if (isClientChange(occasion)) return null
  const parts = (occasion.parameters.get('response_type') ?? '').split(' ')
  const implicit = parts.includes('token') || parts.includes('id_token')
  return [
    ...(parts.includes('code') ? ['authorization_code'] : []),
    ...(implicit ? ['implicit'] : []),
  ]
}

/** Levels as the request names them: in `acr_values`, or in the claims of its ID token. */
function acrValuesOf({ parameters }: ClientCall): string[] {
  const plain = (parameters.get('acr_values') ?? '').split(' ').filter((name) => name !== '')
  try {
    const acr = JSON.parse(parameters.get('claims') ?? '{}')?.id_token?.acr
    return [...[acr?.values ?? acr?.value ?? []].flat().map(String), ...plain]
  } catch {
    return plain
  }
}
