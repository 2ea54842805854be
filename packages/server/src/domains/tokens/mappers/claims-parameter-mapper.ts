import { ownMember } from '../../../shared/own-member.ts'
import type { User } from '../../users/user.ts'
import type { Claims } from '../token-context.ts'
import { setAtPath } from './claim-writer.ts'
import { fullNameOf } from './full-name-mapper.ts'
import type { ProtocolMapperType } from './protocol-mapper-type.ts'

type Requested = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** A part of the `claims` request parameter (OpenID Connect Core §5.5); nothing when it does not parse. */
function requestedClaims(parameter: string | undefined, part: 'id_token' | 'userinfo'): Requested {
  if (!parameter) return {}
  try {
    const request = JSON.parse(parameter) as unknown
    const requested = isObject(request) ? request[part] : undefined
    return isObject(requested) ? requested : {}
  } catch {
    return {}
  }
}

/** What is asked for as essential (OpenID Connect Core §5.5.1); undefined for everything else. */
function essentialWish(requested: Requested, name: string): Record<string, unknown> | undefined {
  const wish = ownMember(requested, name)
  return isObject(wish) && wish['essential'] === true ? wish : undefined
}

/** Claims that a request may add. Their values are always the user's own, never those of the request. */
const ownClaims: Readonly<Record<string, (user: User) => string | null>> = {
  name: fullNameOf,
  given_name: (user) => user.firstName,
  family_name: (user) => user.lastName,
  preferred_username: (user) => user.username,
  email: (user) => user.email,
}

/** Puts claims of the user that a request calls essential into the id token or userinfo. */
export const claimsParameterMapper: ProtocolMapperType = {
  id: 'oidc-claims-param-token-mapper',
  priority: 0,
  targets: ['id', 'userinfo'],
  apply(claims, { target, session, user }) {
    const part = target === 'userinfo' ? 'userinfo' : 'id_token'
    const requested = requestedClaims(session.client.notes['claims'], part)
    for (const [name, own] of Object.entries(ownClaims)) {
      const value = essentialWish(requested, name) ? own(user) : null
      if (value) claims[name] = value
    }
  },
}

/** Claims that say who the user is or what the user may do; no request chooses them, whatever a mapper is set up for. */
const decisive =
  /^(sub|aud|azp|acr|amr|auth_time|sid|client_id|email|email_verified|phone_number|phone_number_verified|preferred_username|username|name|given_name|family_name|groups|roles|realm_access|resource_access|organization|authorization|act|may_act|allowed-origins)$/

/**
 * Repeats one claim that a request calls essential, with the value that the request gave it: an `intent_id` for example.
 * The administrator names the claim; the value has to be a text.
 */
export const claimsParameterValueMapper: ProtocolMapperType = {
  id: 'oidc-claims-param-value-idtoken-mapper',
  priority: 0,
  targets: ['id'],
  apply(claims: Claims, { session }, config, path) {
    const requested = requestedClaims(session.client.notes['claims'], 'id_token')
    const value = essentialWish(requested, config['claim.name'] ?? '')?.['value']
    const [first] = path
    if (typeof value !== 'string' || first === undefined || decisive.test(first)) return
    if (!Object.hasOwn(claims, first)) setAtPath(claims, path, value)
  },
}
