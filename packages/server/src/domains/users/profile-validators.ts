/** Why a value is refused: Keycloak's message key and its parameters behind the attribute's name. */
export interface Refusal {
  readonly message: string
  readonly params: readonly unknown[]
}

type Config = Readonly<Record<string, unknown>>
type Validator = (value: string, config: Config) => Refusal | null

/** Longest value that a realm's own regular expression is tried on. */
const patternCharactersMax = 2048

const emailPattern = /^[^\s@<>()[\]\\,;:"]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/
const personNamePattern = /^[^<>&"$%!#?§;*~/\\|^=[\]{}()\p{Cc}]*$/u
const usernamePattern = /^[^<>&"'\s$%!#?§,;:*~/\\|^=[\]{}()`\p{Cc}]+$/u
const homographPattern = /^[\p{ASCII}\p{Script=Latin}\p{Script=Common}]+$/u

function refuse(message: string, ...params: unknown[]): Refusal {
  return { message, params }
}

function numberOf(value: unknown): number | undefined {
  const number = value === undefined || value === null || value === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : undefined
}

const length: Validator = (value, config) => {
  const min = numberOf(config['min'])
  const max = numberOf(config['max'])
  const size = config['trim-disabled'] === 'true' ? value.length : value.trim().length
  const short = min !== undefined && size < min
  const long = max !== undefined && size > max
  if (!short && !long) return null
  if (min !== undefined && max !== undefined) return refuse('error-invalid-length', min, max)
  if (short) return refuse('error-invalid-length-too-short', min, null)
  return refuse('error-invalid-length-too-long', null, max)
}

function number(pattern: RegExp): Validator {
  return (value, config) => {
    const given = pattern.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(given)) return refuse('error-invalid-number')
    const min = numberOf(config['min'])
    const max = numberOf(config['max'])
    if ((min === undefined || given >= min) && (max === undefined || given <= max)) return null
    if (min !== undefined && max !== undefined) return refuse('error-number-out-of-range', min, max)
    return min !== undefined
      ? refuse('error-number-out-of-range-too-small', min, null)
      : refuse('error-number-out-of-range-too-big', null, max)
  }
}

const pattern: Validator = (value, config) => {
  const source = String(config['pattern'] ?? '')
  const message = String(config['error-message'] || 'error-pattern-no-match')
  if (value.length > patternCharactersMax) return refuse(message, source)
  try {
    return new RegExp(`^(?:${source})$`, 'u').test(value) ? null : refuse(message, source)
  } catch {
    return refuse(message, source)
  }
}

const options: Validator = (value, config) => {
  const allowed = config['options']
  return Array.isArray(allowed) && allowed.includes(value) ? null : refuse('error-invalid-value')
}

const uri: Validator = (value) => {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:/.test(value)) {
    const at = /^[A-Za-z][A-Za-z0-9+.-]*/.exec(value)?.[0].length ?? 0
    return refuse('error-invalid-uri', value, `Expected scheme name at index ${at}: ${value}`)
  }
  const scheme = value.slice(0, value.indexOf(':')).toLowerCase()
  if (scheme !== 'http' && scheme !== 'https') return refuse('error-invalid-uri-scheme', value)
  return URL.canParse(value) ? null : refuse('error-invalid-uri', value)
}

const isoDate: Validator = (value) => {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null
  const real = date && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
  return real ? null : refuse('error-invalid-date', value)
}

const localDate: Validator = (value) =>
  /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/.test(value) ? null : refuse('error-invalid-date', value)

/** Validators of single values by name. */
const validators: Readonly<Record<string, Validator>> = {
  length,
  integer: number(/^[+-]?\d{1,10}$/),
  double: number(/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/),
  email: (value) => (emailPattern.test(value) ? null : refuse('error-invalid-email', value)),
  pattern,
  options,
  uri,
  'iso-date': isoDate,
  'local-date': localDate,
  'person-name-prohibited-characters': (value, config) =>
    personNamePattern.test(value) ? null : custom(config, 'error-person-name-invalid-character'),
  'username-prohibited-characters': (value, config) =>
    usernamePattern.test(value) ? null : custom(config, 'error-username-invalid-character'),
  'up-username-not-idn-homograph': (value, config) =>
    homographPattern.test(value) ? null : custom(config, 'error-username-invalid-character'),
}

function custom(config: Config, message: string): Refusal {
  return refuse(String(config['error-message'] || message))
}

/** @returns whether there is a validator of that name */
export function isValidator(name: string): boolean {
  return name in validators || name === 'multivalued'
}

/**
 * @param name of a validator; unknown ones accept everything
 * @returns why the value is refused, or null
 */
export function refusalOf(name: string, value: string, config: Config): Refusal | null {
  return validators[name]?.(value, config) ?? null
}
