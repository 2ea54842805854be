import { createHash } from 'node:crypto'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'

/** How long an assertion of an issuer counts, and whether more than once. */
export interface AssertionRules {
  readonly skewSeconds: number
  /** Oldest assertion that counts, and farthest end of one that does not say when it was issued. */
  readonly ageSecondsMax: number
  readonly mayBeReused: boolean
  /** What its `jti` is unique for. */
  readonly purpose: string
}

export interface AssertionClaimsDeps {
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent'>
  readonly clock: Clock
}

/** An issuer's clock may be ahead or behind by no more, whatever the settings say. */
export const skewSecondsMax = 300
/** Longest age of an assertion that settings can allow. */
const ageSecondsLimit = 86_400

type Claims = Readonly<Record<string, unknown>>

/** @returns a whole number in a setting, not above `max` */
export function secondsIn(text: string | undefined, byDefault: number, max = ageSecondsLimit) {
  const seconds = Number(text)
  if (!text || !Number.isInteger(seconds) || seconds < 0) return byDefault
  return Math.min(seconds, max)
}

/**
 * Checks when an assertion counts (RFC 7523 §3), and that it is the first of its `jti`, on whichever node.
 * @returns what is wrong, in Keycloak's words; null for nothing
 */
export async function assertionTimeProblem(
  { singleUse, clock }: AssertionClaimsDeps,
  realm: Realm,
  { iss, exp, iat, nbf, jti }: Claims,
  { skewSeconds, ageSecondsMax, mayBeReused, purpose }: AssertionRules,
): Promise<string | null> {
  const now = epochSeconds(clock)
  if (typeof exp !== 'number') return 'Token exp claim is required'
  if (exp + skewSeconds <= now) return 'Token is not active'
  if (typeof nbf === 'number' && nbf - skewSeconds > now) return 'Token is not active'
  if (typeof iat === 'number') {
    if (iat - skewSeconds > now) return 'Token was issued in the future'
    if (now > iat + ageSecondsMax) return 'Token was issued too far in the past to be used now'
  } else if (exp - now > ageSecondsMax) {
    return 'Token expiration is too far in the future and iat claim not present in token'
  }
  if (mayBeReused) return null
  if (typeof jti !== 'string' || jti === '') return 'Token jti claim is required'
  const digest = createHash('sha256')
    .update(`${String(iss)}\n${jti}`)
    .digest('base64url')
  const usableUntil = Math.min(exp, typeof iat === 'number' ? iat + ageSecondsMax : exp)
  const keptUntil = (usableUntil + skewSecondsMax) * 1_000
  const first = await singleUse.putIfAbsent(`${purpose}.${realm.id}.${digest}`, keptUntil)
  return first ? null : 'Token reuse detected'
}

/** @returns what is wrong with the audience, in Keycloak's words; null for nothing */
export function audienceProblem({ aud }: Claims, accepted: readonly string[]): string | null {
  const audiences = [aud].flat()
  if (!audiences.some((each) => accepted.includes(String(each)))) return 'Invalid token audience'
  return audiences.length > 1 ? 'Multiple audiences not allowed' : null
}
