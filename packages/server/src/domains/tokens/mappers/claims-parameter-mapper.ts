import type { Claims } from '../token-context.ts'
import { writeClaim } from './claim-writer.ts'
import type { ProtocolMapperType } from './protocol-mapper-type.ts'

type Requested = Record<string, { value?: unknown; values?: unknown[] } | null>

/** A part of the `claims` request parameter (OpenID Connect Core §5.5); nothing when it does not parse. */
function requestedClaims(parameter: string | undefined, part: 'id_token' | 'userinfo'): Requested {
  if (!parameter) return {}
  try {
    const requested = (JSON.parse(parameter) as Record<string, unknown> | null)?.[part]
    return requested !== null && typeof requested === 'object' && !Array.isArray(requested)
      ? (requested as Requested)
      : {}
  } catch {
    return {}
  }
}

/** Members that the server sets itself and a request cannot. */
const reserved = /^(iss|sub|aud|exp|iat|auth_time|nonce|acr|amr|azp|typ|jti|sid|at_hash|__proto__)$/

function copyRequested(claims: Claims, requested: Requested): void {
  for (const [name, wish] of Object.entries(requested)) {
    const value = wish?.value ?? wish?.values?.[0]
    if (value !== undefined && !reserved.test(name) && !(name in claims)) claims[name] = value
  }
}

/** Puts claims that were requested with a value into the id token or userinfo. */
export const claimsParameterMapper: ProtocolMapperType = {
  id: 'oidc-claims-param-token-mapper',
  priority: 0,
  targets: ['id', 'userinfo'],
  apply(claims, { target, session }) {
    const part = target === 'userinfo' ? 'userinfo' : 'id_token'
    copyRequested(claims, requestedClaims(session.client.notes['claims'], part))
  },
}

/** Puts the value of one requested claim into the id token. */
export const claimsParameterValueMapper: ProtocolMapperType = {
  id: 'oidc-claims-param-value-idtoken-mapper',
  priority: 0,
  targets: ['id'],
  apply(claims, { session }, config, path) {
    const requested = requestedClaims(session.client.notes['claims'], 'id_token')
    const name = config['claim.name'] ?? ''
    if (Object.hasOwn(requested, name)) writeClaim(claims, config, path, requested[name]?.value)
  },
}
