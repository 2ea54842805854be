import { isEmailAddress } from './email-address.ts'
import type { Refusal } from './profile-refusal.ts'
import { uriRefusal } from './profile-uri.ts'

export type ValidatorConfig = Readonly<Record<string, unknown>>

/**
 * Whether a whole value matches a pattern that an administrator wrote (Java's syntax).
 * Must be bounded in time whatever the pattern; what takes too long does not match.
 */
export type PatternMatches = (
  pattern: string,
  value: string,
  place: PatternPlace,
) => boolean | Promise<boolean>

/** Where a pattern is set: told in the log when it takes too long. */
export interface PatternPlace {
  /** The realm's name. */
  readonly realm: string
  readonly setting: string
}

/** How patterns of one place are tried. */
export interface PatternTrial {
  readonly matches: PatternMatches
  readonly place: PatternPlace
}

type Answer = Refusal | null
type Validator = (
  value: string,
  config: ValidatorConfig,
  trial: PatternTrial,
) => Answer | Promise<Answer>

const personNamePattern = /^[^<>&"\v$%!#?§;*~/\\|^=[\]{}()\p{Cc}]+$/u
const usernamePattern = /^[^<>&"'\s\v$%!#?§,;:*~/\\|^=[\]{}()`\p{Cc}]+$/u
const homographPattern = /^[\p{ASCII}\p{Script=Latin}\p{Script=Common}]+$/u
const integerPattern = /^[+-]?\d+$/
const longMax = 9_223_372_036_854_775_807n
/** What Java reads as a double. */
const doublePattern =
  /^[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?|0[xX][\da-fA-F]+(?:\.[\da-fA-F]*)?[pP][+-]?\d+[fFdD]?)$/

function refuse(message: string, ...params: unknown[]): Refusal {
  return { message, params }
}

/** @returns a configured number, also as text; undefined when absent or none */
export function configuredNumber(value: unknown): number | undefined {
  const number = value === undefined || value === null || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : undefined
}

/** A switch that is configured as boolean or as text. */
function isOff(value: unknown): boolean {
  return value === false || value === 'false'
}

const length: Validator = (value, config) => {
  const min = configuredNumber(config['min'])
  const max = configuredNumber(config['max'])
  const trims = !(config['trim-disabled'] === true || config['trim-disabled'] === 'true')
  const size = (trims ? value.trim() : value).length
  const short = min !== undefined && size < min
  const long = max !== undefined && size > max
  if (!short && !long) return null
  if (min !== undefined && max !== undefined) return refuse('error-invalid-length', min, max)
  if (short) return refuse('error-invalid-length-too-short', min, null)
  return refuse('error-invalid-length-too-long', null, max)
}

/** @param given the value as a number; NaN passes every bound, as in Java */
function outOfRange(given: number, min: number | undefined, max: number | undefined): Answer {
  const small = min !== undefined && given < min
  const big = max !== undefined && given > max
  if (!small && !big) return null
  if (min !== undefined && max !== undefined) return refuse('error-number-out-of-range', min, max)
  return small
    ? refuse('error-number-out-of-range-too-small', min, null)
    : refuse('error-number-out-of-range-too-big', null, max)
}

const integer: Validator = (value, config) => {
  const given =
    integerPattern.test(value) && value.length <= 20 ? BigInt(value.replace('+', '')) : null
  if (given === null || given > longMax || given < -longMax - 1n) {
    return refuse('error-invalid-number')
  }
  const bound = (member: string) => {
    const number = configuredNumber(config[member])
    return number === undefined ? undefined : Math.trunc(number)
  }
  return outOfRange(Number(given), bound('min'), bound('max'))
}

const double: Validator = (value, config) => {
  const text = value.trim()
  if (!doublePattern.test(text)) return refuse('error-invalid-number')
  const given = Number(text.replace(/[fFdD]$/, ''))
  return outOfRange(given, configuredNumber(config['min']), configuredNumber(config['max']))
}

const pattern: Validator = async (value, config, { matches, place }) => {
  const source = String(config['pattern'] ?? '')
  if (await matches(source, value, place)) return null
  return refuse(String(config['error-message'] || 'error-pattern-no-match'), source || null)
}

const options: Validator = (value, config) => {
  const allowed = config['options']
  const found = Array.isArray(allowed) && allowed.map(String).includes(value)
  return found ? null : refuse('error-invalid-value')
}

const uri: Validator = (value, config) => {
  const schemes = Array.isArray(config['allowedSchemes']) ? config['allowedSchemes'] : undefined
  return uriRefusal(value, {
    schemes: schemes?.map(String) ?? ['http', 'https'],
    allowFragment: !isOff(config['allowFragment']),
  })
}

const isoDate: Validator = (value) => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)
  const real = parts && isDay(Number(parts[1]), Number(parts[2]), Number(parts[3]))
  return real ? null : refuse('error-invalid-date', value)
}

/** A date as the English short form writes it: month, day, year. */
const localDate: Validator = (value) => {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{1,9})$/.exec(value)
  const real = parts && isDay(Number(parts[3]), Number(parts[1]), Number(parts[2]))
  return real ? null : refuse('error-invalid-date')
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day <= days
}

const prohibited =
  (allowed: RegExp, message: string): Validator =>
  (value, config) =>
    allowed.test(value) ? null : refuse(String(config['error-message'] || message))

const email: Validator = (value, config) =>
  isEmailAddress(value, configuredNumber(config['max-local-length']))
    ? null
    : refuse('error-invalid-email', value)

const accepts: Validator = () => null

/** Validators of single values by name. */
const validators: Readonly<Record<string, Validator>> = {
  length,
  integer,
  double,
  email,
  pattern,
  options,
  uri,
  'iso-date': isoDate,
  'local-date': localDate,
  'not-blank': (value) => (value.trim() === '' ? refuse('error-invalid-blank', value) : null),
  'not-empty': accepts,
  'person-name-prohibited-characters': prohibited(
    personNamePattern,
    'error-person-name-invalid-character',
  ),
  'username-prohibited-characters': prohibited(usernamePattern, 'error-username-invalid-character'),
  'up-username-not-idn-homograph': prohibited(homographPattern, 'error-username-invalid-character'),
}

/** Keycloak's own rules, which it also takes in a profile; the checks that they stand for are made for every user anyway. */
const builtIn: ReadonlySet<string> = new Set([
  'multivalued',
  'organization-member-validator',
  'up-readonly-attribute-unchanged',
  'up-brokering-federated-username-has-value',
  'up-attribute-required-by-metadata-value',
  'up-registration-email-as-username-email-value',
  'up-blank-attribute-value',
  'up-email-exists-as-username',
  'up-username-has-value',
  'up-registration-email-as-username-username-value',
  'up-duplicate-username',
  'up-immutable-attribute',
  'up-registration-username-exists',
  'up-duplicate-email',
  'up-username-mutation',
])

/** @returns whether there is a validator of that name */
export function isValidator(name: string): boolean {
  return Object.hasOwn(validators, name) || builtIn.has(name)
}

/**
 * @param name of a validator; one that is not known refuses everything (it came with an import, and nobody can tell what
 * it would have let through)
 * @returns why the value is refused, or null
 */
export async function refusalOf(
  name: string,
  value: string,
  config: ValidatorConfig,
  trial: PatternTrial,
): Promise<Refusal | null> {
  if (!isValidator(name)) return refuse('error-invalid-value')
  return (await validators[name]?.(value, config, trial)) ?? null
}
