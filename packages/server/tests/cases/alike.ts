type Json = Record<string, unknown>

/** What an expectation may ask of a value besides being equal, by the member that says so. */
const questions: Readonly<Record<string, (wanted: unknown, value: unknown) => boolean>> = {
  has: (wanted, value) => contains(value, wanted),
  hasnot: (wanted, value) => !contains(value, wanted),
  not: (wanted, value) => !alike(wanted, value),
  absent: (wanted, value) => (value === undefined || value === null) === wanted,
  sorted: (wanted, value) =>
    Array.isArray(value) && String(value.toSorted()) === String((wanted as unknown[]).toSorted()),
  first: (wanted, value) => Array.isArray(value) && value.length > 0 && alike(wanted, value[0]),
  length: (wanted, value) => Array.isArray(value) && value.length === wanted,
  matches: (wanted, value) => typeof value === 'string' && new RegExp(String(wanted)).test(value),
}

function contains(value: unknown, wanted: unknown): boolean {
  if (typeof value === 'string') return value.includes(String(wanted))
  return Array.isArray(value) && value.includes(wanted)
}

/**
 * @param wanted a value; an object with one of the questions above; or an object whose members are wanted so
 * @returns whether the value is as wanted; members that nobody names may be anything
 */
export function alike(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value) || value.length !== wanted.length) return false
    return wanted.every((one, index) => alike(one, value[index]))
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted === value
  for (const [question, ask] of Object.entries(questions)) {
    if (question in wanted) return ask((wanted as Json)[question], value)
  }
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(wanted).every(([name, one]) => alike(one, (value as Json)[name]))
}
