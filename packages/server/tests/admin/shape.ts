const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-/
/** Numbers above are times. */
const timeFrom = 1e9
/** Members whose values are made anew on every server. */
const generated = new Set([
  'secret',
  'value',
  'client.secret.creation.time',
  'kid',
  'credentialData',
])
const names = [
  'name',
  'clientId',
  'username',
  'alias',
  'displayName',
  'kid',
  'provider',
  'role',
] as const

/**
 * Compares two JSON values: members, types, and every value that does not differ from server to server. Arrays are sets.
 * @returns one line per difference
 */
export function shapeDifferences(recorded: unknown, actual: unknown, path = ''): string[] {
  if (kind(recorded) !== kind(actual))
    return [`${path}: ${brief(actual)} instead of ${brief(recorded)}`]
  if (Array.isArray(recorded) && Array.isArray(actual)) return inArrays(recorded, actual, path)
  if (recorded !== null && typeof recorded === 'object') {
    return inObjects(recorded as Members, actual as Members, path)
  }
  if (recorded === actual || isGenerated(recorded, path)) return []
  return [`${path}: ${brief(actual)} instead of ${brief(recorded)}`]
}

type Members = Readonly<Record<string, unknown>>

function inObjects(recorded: Members, actual: Members, path: string): string[] {
  const found: string[] = []
  for (const [name, value] of Object.entries(recorded)) {
    if (name in actual) found.push(...shapeDifferences(value, actual[name], `${path}.${name}`))
    else found.push(`${path}.${name}: missing (${brief(value)})`)
  }
  for (const name of Object.keys(actual)) {
    if (!(name in recorded)) found.push(`${path}.${name}: not recorded (${brief(actual[name])})`)
  }
  return found
}

function inArrays(
  recorded: readonly unknown[],
  actual: readonly unknown[],
  path: string,
): string[] {
  const found: string[] = []
  if (recorded.length !== actual.length) {
    found.push(`${path}: ${actual.length} elements instead of ${recorded.length}`)
  }
  const left = recorded.toSorted(byName)
  const right = actual.toSorted(byName)
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    found.push(...shapeDifferences(left[index], right[index], `${path}[]`))
  }
  return found
}

function byName(a: unknown, b: unknown): number {
  return nameOf(a) < nameOf(b) ? -1 : 1
}

function nameOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const members = value as Members
  return JSON.stringify(names.map((name) => members[name]))
}

function isGenerated(value: unknown, path: string): boolean {
  if (typeof value === 'number') return value > timeFrom
  const member = [...generated].some((name) => path.endsWith(`.${name}`))
  return member || (typeof value === 'string' && uuid.test(value))
}

function kind(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'undefined').slice(0, 120)
}
