/** What may differ and by how much. */
export interface Comparison {
  /** Origin of the server that was recorded, `http://127.0.0.1:8080` unless said otherwise. */
  readonly recordedOrigin?: string
  /** Origin of the server under test. */
  readonly origin: string
  /** Parts left out: `cookies`, `html`, `tokens`, a header's name, or a JSON path such as `body.scope`. */
  readonly ignore?: readonly string[]
}

/** JSON members whose values are texts of the protocol: these must be equal, others only of the same type. */
const exactMembers = new Set([
  'error',
  'error_description',
  'errorMessage',
  'token_type',
  'typ',
  'azp',
  'active',
  'scope',
  'acr',
  'aud',
  'aud_x',
  'iss',
  'alg',
  'preferred_username',
  'client_id',
  'username',
  'token_use',
  'expires_in',
  'prov',
  'email',
  'name',
  'allowed-origins',
  'email_verified',
  'realm_access',
  'resource_access',
  'nonce',
])

/** Members that are white-space separated sets. */
const setMembers = new Set(['scope'])

/** Compares two JSON values in shape; see {@link differences}. */
export function compareJson(
  path: string,
  recorded: unknown,
  actual: unknown,
  comparison: Comparison,
  found: string[],
): void {
  if (isIgnored(path, comparison)) return
  const member = path.slice(path.lastIndexOf('.') + 1)
  if (exactMembers.has(member) && isStableValue(recorded)) {
    if (canonical(member, recorded) !== canonical(member, actual)) {
      found.push(`${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(recorded)}`)
    }
    return
  }
  if (kindOf(recorded) !== kindOf(actual)) {
    const brief = (value: unknown): string =>
      `${kindOf(value)} ${JSON.stringify(value)?.slice(0, 100)}`
    found.push(`${path}: ${brief(actual)} instead of ${brief(recorded)}`)
    return
  }
  if (kindOf(recorded) === 'object') {
    compareMembers(
      path,
      recorded as Record<string, unknown>,
      actual as Record<string, unknown>,
      comparison,
      found,
    )
  } else if (
    Array.isArray(recorded) &&
    Array.isArray(actual) &&
    recorded.length > 0 &&
    actual.length > 0
  ) {
    compareJson(`${path}[]`, recorded[0], actual[0], comparison, found)
  } else if (
    Array.isArray(recorded) &&
    Array.isArray(actual) &&
    recorded.length !== actual.length
  ) {
    found.push(`${path}: ${actual.length} elements instead of ${recorded.length}`)
  }
}

function compareMembers(
  path: string,
  recorded: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, unknown>>,
  comparison: Comparison,
  found: string[],
): void {
  for (const [name, value] of Object.entries(recorded)) {
    if (name in actual) compareJson(`${path}.${name}`, value, actual[name], comparison, found)
    else if (!isIgnored(`${path}.${name}`, comparison)) {
      found.push(`${path}.${name}: missing (${JSON.stringify(value)?.slice(0, 100)})`)
    }
  }
  for (const name of Object.keys(actual)) {
    if (name in recorded || isIgnored(`${path}.${name}`, comparison)) continue
    found.push(
      `${path}.${name}: not in the recording (${JSON.stringify(actual[name])?.slice(0, 100)})`,
    )
  }
}

/** Generated ids and shortened values differ from server to server. */
export function isStable(value: unknown): value is string {
  if (typeof value !== 'string' || /<[^>]*>/.test(value)) return false
  return !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(value)
}

/** Whether the comparison leaves that path out. */
export function isIgnored(path: string, comparison: Comparison): boolean {
  return comparison.ignore?.includes(path) ?? false
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function isStableValue(value: unknown): boolean {
  return typeof value === 'string' ? isStable(value) : true
}

/** JSON text in which sets, and arrays whose order nobody defines, have one order. */
function canonical(member: string, value: unknown): string {
  if (typeof value === 'string' && setMembers.has(member)) {
    return JSON.stringify(value.split(' ').toSorted())
  }
  return JSON.stringify(sorted(value))
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  }
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)])
  return Object.fromEntries(members.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

/** The JSON value of a text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
