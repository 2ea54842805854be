const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const oneUnit = /^([-+]?\d{1,15})(ms|[smhd])?$/i
const severalUnits = /^(?:[-+]?\d{1,15}(?:\.\d{1,9})?[hms])+$/i
const period =
  /^([-+]?)P(?=.)(?:([-+]?\d{1,15})D)?(?:T(?=.)(?:([-+]?\d{1,15})H)?(?:([-+]?\d{1,15})M)?(?:([-+]?\d{1,15}(?:\.\d{1,9})?)S)?)?$/i

/**
 * Reads how long something takes: `5d`, `1h30m`, `PT10S`, `300ms`; a number alone is seconds, as in Keycloak.
 * @returns milliseconds; null where it is none
 */
export function durationMs(text: string): number | null {
  const trimmed = text.trim()
  const [, count, unit = 's'] = oneUnit.exec(trimmed) ?? []
  if (count !== undefined) return Number(count) * units[unit.toLowerCase() as keyof typeof units]
  const written = severalUnits.test(trimmed) ? `PT${trimmed}` : trimmed
  const found = period.exec(written)
  if (!found) return null
  const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0'] = found
  const ms =
    Number(days) * units.d +
    Number(hours) * units.h +
    Number(minutes) * units.m +
    Math.round(Number(seconds) * units.s)
  return sign === '-' ? -ms : ms
}
