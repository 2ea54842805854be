import { HOTP, Secret, TOTP } from 'otpauth'
import { withinRange } from '../../realms/realm-limits.ts'
import { type Credential, numberMember, textMember } from '../credential.ts'

/** The OTP settings of a realm or credential. */
export interface OtpParameters {
  readonly type: 'totp' | 'hotp'
  /** `HmacSHA1`, `HmacSHA256` or `HmacSHA512`. */
  readonly algorithm: string
  readonly digits: number
  /** Seconds, of TOTP. */
  readonly period: number
  /** Of HOTP: the counter of the next code. */
  readonly counter: number
}

const algorithms: ReadonlySet<string> = new Set(['SHA1', 'SHA256', 'SHA512'])
/** RFC 4226 §5.3 wants at least six; Keycloak's console offers six and eight. */
const digitsMin = 4
const digitsMax = 10
/** Up to here counters and what is added to them are exact. */
const counterMax = 2 ** 52

/** Which code was right: what the reuse rule and HOTP's counter need. */
export interface CodeMatch {
  /** HOTP counter, or number of the TOTP time step. */
  readonly counter: number
}

/** @returns the key of a stored secret: the bytes of its text, or what the text is in Base32 where the credential says so */
export function storedSecretKey(
  stored: Readonly<Record<string, unknown>>,
  encoding: unknown,
): Secret {
  const value = textMember(stored, 'value') ?? ''
  return encoding === 'BASE32' ? Secret.fromBase32(value) : Secret.fromUTF8(value)
}

/** Checks a code of an OTP credential (RFC 6238, RFC 4226). */
export function matchCode(
  credential: Pick<Credential, 'secretData' | 'credentialData'>,
  code: string,
  lookAhead: number,
  nowMs: number,
): CodeMatch | undefined {
  const parameters = parametersOf(credential)
  if (!/^\d{4,10}$/.test(code)) return undefined
  const secret = storedSecretKey(credential.secretData, credential.credentialData['secretEncoding'])
  return matchSecret(secret, parameters, code, lookAhead, nowMs)
}

/**
 * @param lookAhead TOTP: steps before and after the present one; HOTP: counters ahead, both as the realm's
 *   `otpPolicyLookAheadWindow`, of whose range not more than the end counts
 * @returns undefined also for parameters by which no code can be made
 */
export function matchSecret(
  secret: Secret,
  parameters: OtpParameters,
  code: string,
  lookAhead: number,
  nowMs: number,
): CodeMatch | undefined {
  if (!areUsable(parameters) || code.length !== parameters.digits) return undefined
  const window = withinRange('otpPolicyLookAheadWindow', lookAhead)
  const shared = { secret, algorithm: digestName(parameters.algorithm), digits: parameters.digits }
  if (parameters.type === 'hotp') {
    for (let step = 0; step <= window; step++) {
      const counter = parameters.counter + step
      if (new HOTP({ ...shared, counter }).validate({ token: code, counter, window: 0 }) === 0) {
        return { counter }
      }
    }
    return undefined
  }
  const delta = new TOTP({ ...shared, period: parameters.period }).validate({
    token: code,
    timestamp: nowMs,
    window,
  })
  if (delta === null) return undefined
  return { counter: Math.floor(nowMs / 1000 / parameters.period) + delta }
}

/** @returns what the credential says about its codes */
export function parametersOf(credential: Pick<Credential, 'credentialData'>): OtpParameters {
  const stored = credential.credentialData
  return {
    type: textMember(stored, 'subType') === 'hotp' ? 'hotp' : 'totp',
    algorithm: textMember(stored, 'algorithm') ?? 'HmacSHA1',
    digits: numberMember(stored, 'digits', 6),
    period: otpPeriod(numberMember(stored, 'period', 30)),
    counter: numberMember(stored, 'counter', 0),
  }
}

/** @returns seconds for which a code of TOTP is the right one: as the policy or credential says, within what is sensible */
export function otpPeriod(seconds: number): number {
  return Math.max(1, withinRange('otpPolicyPeriod', seconds))
}

/** Whether codes can be made by them: an import brings whatever stood in its file. */
export function areUsable({ algorithm, digits, counter }: OtpParameters): boolean {
  return (
    algorithms.has(digestName(algorithm)) &&
    Number.isInteger(digits) &&
    digits >= digitsMin &&
    digits <= digitsMax &&
    Number.isInteger(counter) &&
    counter >= 0 &&
    counter <= counterMax
  )
}

/** @returns otpauth's name of Keycloak's algorithm name */
export function digestName(algorithm: string): string {
  return algorithm.replace(/^Hmac/, '')
}
