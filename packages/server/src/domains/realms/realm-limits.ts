import { type FlowSettings, requireBoundedFlows } from './bounded-flows.ts'
import { ModelError } from './model-error.ts'

type Settings = Readonly<Record<string, unknown>>

/** Numbers that may not be negative, in Keycloak's words. */
const notNegative: Readonly<Record<string, string>> = {
  maxTemporaryLockouts: 'Maximum temporary lockouts',
  maxFailureWaitSeconds: 'Maximum failure wait seconds',
  minimumQuickLoginWaitSeconds: 'Minimum quick login wait seconds',
  waitIncrementSeconds: 'Wait increment seconds',
  quickLoginCheckMilliSeconds: 'Quick login check milliseconds',
  maxDeltaTimeSeconds: 'Maximum delta time seconds',
  failureFactor: 'Failure factor',
  maxSecondaryAuthFailures: 'Maximum secondary authentication failures',
}

/** Numbers that work is done by, or digits shown: from, to. Beyond them nothing sensible is meant. */
const ranges = {
  otpPolicyDigits: [0, 10],
  otpPolicyLookAheadWindow: [0, 100],
  otpPolicyPeriod: [0, 86_400],
  webAuthnPolicyCreateTimeout: [0, 31_536],
  webAuthnPolicyPasswordlessCreateTimeout: [0, 31_536],
} as const satisfies Readonly<Record<string, readonly [number, number]>>

/**
 * For where a setting is used: a realm may have been stored before there was a range, or by another program.
 * @returns the whole number of the setting's range that is nearest to `value`; its beginning for what is no number
 */
export function withinRange(name: keyof typeof ranges, value: number): number {
  const [from, to] = ranges[name]
  return Number.isNaN(value) ? from : Math.min(to, Math.max(from, Math.trunc(value)))
}

/** Characters that a text may have. */
const textLengthMax: Readonly<Record<string, number>> = {
  displayName: 255,
  displayNameHtml: 65_536,
  defaultLocale: 255,
  loginTheme: 255,
  accountTheme: 255,
  adminTheme: 255,
  emailTheme: 255,
  passwordPolicy: 2_550,
}
const otherTextLengthMax = 65_536
const listMembersMax = 1_000
const attributesMax = 1_000
const attributeNameLengthMax = 255
const attributesLengthMax = 1_048_576

/** Browsers and proxies take 16 kB for all headers of a page together. */
const headerLengthMax = 2_048

/** Texts of the realm in its languages. */
const textKeyLengthMax = 255
const textsMax = 10_000
/** All of them together: the realm is read with them. Keycloak's own have 3 million characters in all languages. */
const textsLengthMax = 4_194_304
const localesMax = 200

/** Attributes that are numbers of seconds. Keycloak fails to store anything else. */
const numericAttributes = [
  'parRequestUriLifespan',
  'cibaExpiresIn',
  'cibaInterval',
  'oauth2DeviceCodeLifespan',
  'oauth2DevicePollingInterval',
]
const int32Max = 2_147_483_647
const failed = 'Failed to update realm'

/**
 * Checks the numbers, texts and lists of a realm's settings, whoever writes them.
 * @param settings all of them, after the change
 * @throws ModelError `invalid`, in Keycloak's words where it refuses too
 */
export function requireBoundedSettings(settings: Settings): void {
  for (const [name, words] of Object.entries(notNegative)) {
    const value = settings[name]
    if (typeof value === 'number' && value < 0) {
      throw new ModelError('invalid', `${words} may not be a negative value`)
    }
  }
  for (const [name, [from, to]] of Object.entries(ranges)) {
    const value = settings[name]
    if (typeof value === 'number' && (value < from || value > to)) {
      throw new ModelError('invalid', `${name} is a number from ${from} to ${to}`)
    }
  }
  for (const [name, value] of Object.entries(settings)) requireBounded(name, value)
  requireHeaders((settings['browserSecurityHeaders'] ?? {}) as Record<string, unknown>)
  requireAttributes((settings['attributes'] ?? {}) as Record<string, string>)
  requireBoundedFlows(settings as FlowSettings)
  requireBoundedTexts((settings['localizationTexts'] ?? {}) as Texts)
}

type Texts = Readonly<Record<string, Readonly<Record<string, string>> | null>>

/** @throws ModelError `invalid` */
export function requireBoundedTexts(texts: Texts): void {
  const all = Object.values(texts).flatMap((ofLocale) => Object.entries(ofLocale ?? {}))
  const isLong = all.some(
    ([key, text]) => key.length > textKeyLengthMax || String(text).length > otherTextLengthMax,
  )
  const together = all.reduce((sum, [key, text]) => sum + key.length + String(text).length, 0)
  const isLarge = all.length > textsMax || together > textsLengthMax
  if (isLong || isLarge || Object.keys(texts).length > localesMax) {
    throw new ModelError('invalid', 'The texts are too many, or one is too long')
  }
}

function requireBounded(name: string, value: unknown): void {
  if (typeof value === 'string' && value.length > (textLengthMax[name] ?? otherTextLengthMax)) {
    throw new ModelError('invalid', `${name} is too long`)
  }
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string')
  if (!isList) return
  if (value.length > listMembersMax || value.some((one) => one.length > otherTextLengthMax)) {
    throw new ModelError('invalid', `${name} has too many values`)
  }
}

/** @returns whether a text can be sent as the value of a header (RFC 9110 §5.5), which leaves out most of the world's letters */
export function isHeaderValue(text: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(text)
}

function requireHeaders(headers: Readonly<Record<string, unknown>>): void {
  for (const [name, given] of Object.entries(headers)) {
    const value = String(given)
    if (/[\r\n]/.test(value)) throw new ModelError('invalid', 'Newline not allowed.')
    if (value.length > headerLengthMax || !isHeaderValue(value)) {
      throw new ModelError('invalid', `${name} is no value of a header, or too long`)
    }
  }
}

function requireAttributes(attributes: Readonly<Record<string, string>>): void {
  const entries = Object.entries(attributes)
  let length = 0
  for (const [name, value] of entries) {
    length += name.length + String(value).length
    if (name.length > attributeNameLengthMax) {
      throw new ModelError('invalid', 'The name of an attribute is too long')
    }
  }
  if (entries.length > attributesMax || length > attributesLengthMax) {
    throw new ModelError('invalid', 'The realm has too many attributes')
  }
  for (const name of numericAttributes) {
    const value = attributes[name]
    if (value === undefined || value === '') continue
    const whole = /^-?\d{1,10}$/.test(value) && Math.abs(Number(value)) <= int32Max
    if (!whole) throw new ModelError('invalid', failed)
  }
}

/**
 * A session of a client ends no later than the one of the realm that it belongs to.
 * @throws ModelError `invalid` in Keycloak's words
 */
export function requireSessionOrder(settings: Settings): void {
  const number = (name: string) => Number(settings[name] ?? 0)
  const idle = number('clientSessionIdleTimeout')
  const max = number('clientSessionMaxLifespan')
  if (idle > number('ssoSessionIdleTimeout') || number('ssoSessionIdleTimeout') < 0) {
    throw new ModelError(
      'invalid',
      'Client Session Idle Timeout cannot be greater than Realm SSO Idle Timeout.',
    )
  }
  if (max > number('ssoSessionMaxLifespan') || number('ssoSessionMaxLifespan') < 0) {
    throw new ModelError(
      'invalid',
      'Client session max lifespan cannot exceed realm SSO session max lifespan.',
    )
  }
}
