import { SettingError } from './setting-error.ts'
import type { Setting } from './settings/setting.ts'

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
const isoDuration = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i

/** @returns milliseconds of `10s`, `500ms`, `PT1M30S` or a bare number of seconds; undefined when it is none of these */
export function parseDurationMs(text: string): number | undefined {
  if (/^-?\d+$/.test(text)) return Number(text) * 1_000
  const simple = /^(\d+)(ms|s|m|h|d)$/i.exec(text)
  if (simple !== null) return Number(simple[1]) * (unitMs[(simple[2] ?? '').toLowerCase()] ?? 0)
  const iso = text.length > 2 ? isoDuration.exec(text) : null
  if (iso === null) return undefined
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = iso.map((part) => Number(part ?? 0))
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000
}

const memoryUnits = ['', 'K', 'M', 'G', 'T']

/** @returns bytes of `512`, `10K`, `20M`, `1G`; undefined when it is none of these, or nothing */
export function parseMemorySize(text: string): number | undefined {
  const match = /^(\d{1,12})([KMGT]?)B?$/i.exec(text.trim())
  if (match === null) return undefined
  const bytes = Number(match[1]) * 1024 ** memoryUnits.indexOf((match[2] ?? '').toUpperCase())
  return bytes > 0 ? bytes : undefined
}

/** @returns the parts of a comma separated list, trimmed, without empty ones */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** @throws SettingError when `text` is no value of `setting`; `label` is how the user wrote the setting */
export function checkValue(setting: Setting, text: string, label: string): void {
  const expectation = unmetExpectation(setting, text)
  if (expectation !== undefined) {
    throw new SettingError(`Invalid value for option '${label}': ${expectation}`)
  }
}

function unmetExpectation(setting: Setting, text: string): string | undefined {
  switch (setting.type) {
    case 'boolean':
      return text === 'true' || text === 'false'
        ? undefined
        : `${text}. Expected values are: true, false`
    case 'integer':
      return unmetByInteger(setting, text)
    case 'duration':
      return parseDurationMs(text) === undefined
        ? `Expected a duration such as 10s, 5m or PT1M, got "${text}"`
        : undefined
    case 'choice':
      return unmetByChoice(setting, [text])
    case 'list':
      return unmetByChoice(setting, parseList(text))
    default:
      return undefined
  }
}

function unmetByInteger(setting: Setting, text: string): string | undefined {
  if (!/^-?\d{1,15}$/.test(text)) return `Expected an integer value, got "${text}"`
  const value = Number(text)
  const { min, max } = setting
  if (min !== undefined && value < min) return `Expected at least ${min}, got ${value}`
  if (max !== undefined && value > max) return `Expected at most ${max}, got ${value}`
  return undefined
}

function unmetByChoice(setting: Setting, values: readonly string[]): string | undefined {
  const { allowed } = setting
  const wrong = allowed === undefined ? undefined : values.find((value) => !allowed.includes(value))
  return wrong === undefined
    ? undefined
    : `${wrong}. Expected values are: ${[...(allowed ?? [])].sort().join(', ')}`
}
