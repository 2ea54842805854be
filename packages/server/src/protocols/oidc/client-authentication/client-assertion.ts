import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { parseToken, type UnverifiedToken } from '../../../domains/tokens/json-web-token.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { badAssertion, unknownClient } from './client-authenticator.ts'
import { assertionType, type ClientCredentials } from './client-credentials.ts'

/** How far a client's clock may be ahead, in seconds. */
const skewSeconds = 15
/** An assertion without `jti` memory longer than this is kept no longer: later ones are stopped by `exp`. */
const memorySecondsMax = 86_400

/** @throws OAuthError when there is no assertion or it is none of this client */
export function readAssertion(credentials: ClientCredentials): UnverifiedToken {
  if (credentials.assertionType === null) {
    throw badAssertion('Parameter client_assertion_type is missing')
  }
  if (credentials.assertionType !== assertionType) {
    throw badAssertion('Parameter client_assertion_type has invalid value')
  }
  if (credentials.assertion === null) throw badAssertion('client_assertion parameter missing')
  const token = parseToken(credentials.assertion)
  if (!token) throw unknownClient('invalid_client_credentials')
  const { iss, sub } = token.claims
  if (iss !== sub || sub !== credentials.clientId) {
    throw unknownClient('invalid_client_credentials')
  }
  return token
}

/**
 * Checks the claims of an assertion whose signature is right (RFC 7523 §3), and that it is the first of its `jti`.
 * @throws OAuthError with Keycloak's reasons
 */
export async function checkAssertionClaims(
  { claims }: UnverifiedToken,
  { realm, places }: ClientCredentials,
  singleUse: SingleUseObjects,
  clock: Clock,
): Promise<void> {
  const now = epochSeconds(clock)
  const { aud, exp, iat, nbf, jti, sub } = claims
  const audiences = [aud].flat()
  if (audiences.length > 1) throw badAssertion('Multiple audiences not allowed')
  const issuer = issuerOf(places, realm)
  const endpoint = `${issuer}/protocol/openid-connect/token`
  const accepted = [
    issuer,
    endpoint,
    `${endpoint}/introspect`,
    `${issuer}/protocol/openid-connect/ext/par/request`,
  ]
  if (!accepted.includes(String(audiences[0]))) throw badAssertion('Invalid token audience')
  if (typeof exp !== 'number') throw badAssertion('Token exp claim is required')
  if (exp <= now || (typeof nbf === 'number' && nbf > now + skewSeconds)) {
    throw badAssertion('Token is not active')
  }
  if (typeof iat === 'number' && iat > now + skewSeconds) {
    throw badAssertion('Token was issued in the future')
  }
  if (typeof jti !== 'string' || jti === '') throw badAssertion('Token jti claim is required')
  const keptUntil = Math.min(exp, now + memorySecondsMax) + 120
  const first = await singleUse.putIfAbsent(
    `assertion.${realm.id}.${String(sub)}.${jti}`.slice(0, 512),
    keptUntil * 1_000,
  )
  if (!first) throw badAssertion('Token reuse detected')
}
