import { createHash } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ClientId } from '../../../domains/typed-ids.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { badAssertion, unknownClient } from './client-authenticator.ts'
import { assertionType, type ClientCredentials } from './client-credentials.ts'

/** How far a client's clock may be ahead, in seconds. */
const skewSeconds = 15
/**
 * Oldest assertion that counts, and farthest end of one that does not say when it was issued, in seconds: Keycloak's, and the
 * most that a client may be allowed.
 */
const ageSeconds = 60
const ageSecondsMax = 3_600
/** Longest assertion that is looked at, in characters. */
const assertionCharactersMax = 65_536
const audiencesMax = 10
/** An assertion is remembered for longer than it can be used by this much. */
const memoryMarginSeconds = 120

/** An assertion that says it is of the client that sends it; nothing about it is proved yet. */
export interface ReadAssertion {
  readonly text: string
  readonly algorithm: string
  readonly clientId: ClientId
}

/** @throws OAuthError when there is no assertion or it is none of this client */
export function readAssertion(credentials: ClientCredentials): ReadAssertion {
  if (credentials.assertionType === null) {
    throw badAssertion('Parameter client_assertion_type is missing')
  }
  if (credentials.assertionType !== assertionType) {
    throw badAssertion('Parameter client_assertion_type has invalid value')
  }
  const { assertion: text, clientId } = credentials
  if (text === null) throw badAssertion('client_assertion parameter missing')
  if (text.length > assertionCharactersMax) throw unknownClient('invalid_client_credentials')
  try {
    const { alg } = decodeProtectedHeader(text)
    const { iss, sub } = decodeJwt(text)
    if (iss === sub && sub === clientId && sub !== undefined && typeof alg === 'string') {
      return { text, algorithm: alg, clientId: sub }
    }
  } catch {
    // What is no JWT names no client.
  }
  throw unknownClient('invalid_client_credentials')
}

/**
 * Checks the claims of an assertion whose signature is right (RFC 7523 §3), and that it is the first of its `jti`.
 * @throws OAuthError with Keycloak's reasons
 */
export async function checkAssertionClaims(
  client: Client,
  claims: Readonly<Record<string, unknown>>,
  { realm, places }: ClientCredentials,
  singleUse: Pick<SingleUseObjects, 'putIfAbsent'>,
  clock: Clock,
): Promise<void> {
  const now = epochSeconds(clock)
  checkAudience(claims['aud'], issuerOf(places, realm))
  const usableUntil = checkTimes(claims, now, oldestOf(client))
  const { jti, sub } = claims
  if (typeof jti !== 'string' || jti === '') throw badAssertion('Token jti claim is required')
  // As a whole, however long it is: what differs anywhere is another assertion.
  const digest = createHash('sha256')
    .update(`${String(sub)}\n${jti}`)
    .digest('base64url')
  const keptUntil = usableUntil + memoryMarginSeconds
  const first = await singleUse.putIfAbsent(`assertion.${realm.id}.${digest}`, keptUntil * 1_000)
  if (!first) throw badAssertion('Token reuse detected')
}

/** One of the audiences has to be this realm; several are allowed (RFC 7519 §4.1.3), which Keycloak refuses. */
function checkAudience(aud: unknown, issuer: string): void {
  const audiences = [aud].flat()
  const connect = `${issuer}/protocol/openid-connect`
  const accepted = [
    issuer,
    `${connect}/token`,
    `${connect}/token/introspect`,
    `${connect}/ext/par/request`,
    `${connect}/ext/ciba/auth`,
  ]
  const named = audiences.some((audience) => accepted.includes(String(audience)))
  if (!named || audiences.length > audiencesMax) throw badAssertion('Invalid token audience')
}

/** @returns until when the assertion could be used, seconds since the epoch */
function checkTimes(
  { exp, iat, nbf }: Readonly<Record<string, unknown>>,
  now: number,
  oldest: number,
): number {
  if (typeof exp !== 'number') throw badAssertion('Token exp claim is required')
  if (!(exp > now) || (typeof nbf === 'number' && nbf > now + skewSeconds)) {
    throw badAssertion('Token is not active')
  }
  if (typeof iat !== 'number') {
    if (exp > now + oldest + skewSeconds) {
      throw badAssertion(
        'Token expiration is too far in the future and iat claim not present in token',
      )
    }
    return exp
  }
  if (iat > now + skewSeconds) throw badAssertion('Token was issued in the future')
  if (iat + oldest < now) {
    throw badAssertion('Token was issued too far in the past to be used now')
  }
  return Math.min(exp, iat + oldest)
}

/** @returns the seconds that assertions of a client count for */
function oldestOf({ representation }: Client): number {
  const own = Number(representation.attributes?.['token.endpoint.auth.signing.max.exp'])
  return own > 0 ? Math.min(own, ageSecondsMax) : ageSeconds
}
