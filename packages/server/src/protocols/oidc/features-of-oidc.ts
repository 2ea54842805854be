import { ownMember } from '../../shared/own-member.ts'

/** Grants that are a feature of Keycloak's, by their `grant_type`. */
const features: Readonly<Record<string, string>> = {
  'urn:ietf:params:oauth:grant-type:device_code': 'DEVICE_FLOW',
  'urn:ietf:params:oauth:grant-type:jwt-bearer': 'JWT_AUTHORIZATION_GRANT',
  'urn:ietf:params:oauth:grant-type:token-exchange': 'TOKEN_EXCHANGE_STANDARD_V2',
  'urn:ietf:params:oauth:grant-type:uma-ticket': 'AUTHORIZATION',
  'urn:openid:params:grant-type:ciba': 'CIBA',
}

/** Endpoints that are, by their name in the metadata. */
const endpoints: Readonly<Record<string, string>> = {
  backchannel_authentication_endpoint: 'CIBA',
  device_authorization_endpoint: 'DEVICE_FLOW',
  pushed_authorization_request_endpoint: 'PAR',
}

/** @returns whether the feature that a grant belongs to is on; true for one that belongs to none */
export function grantIsOn(type: string, on: ReadonlySet<string>): boolean {
  const feature = ownMember(features, type)
  return feature === undefined || on.has(feature)
}

/** @returns those endpoints whose feature is on */
export function endpointsThatAreOn<T extends Record<string, string>>(
  all: T,
  on: ReadonlySet<string>,
): Partial<T> {
  const kept = Object.entries(all).filter(([name]) => {
    const feature = endpoints[name]
    return feature === undefined || on.has(feature)
  })
  return Object.fromEntries(kept) as Partial<T>
}
