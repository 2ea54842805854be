/** What a value is called that every server and every run makes anew. */
export interface Names {
  /** Origin of the server, with its own name. */
  readonly origin: string
  /** Kept values and the realm, by what stands for them. */
  readonly values: ReadonlyMap<string, string>
  /** True where the order of arrays counts. */
  readonly ordered: boolean
}

/** Kept values shorter than this may stand in a text by chance and are left as they are. */
const keptCharactersMin = 6

/** Members and parameters whose values are made anew each time and have no form that gives them away. */
const madeAnew = new Set([
  'at_hash',
  'c_hash',
  'client_data',
  'code',
  'code_id',
  'execution',
  'generatedRecoveryAuthnCodes',
  'kid',
  'not_before',
  'secret',
  'session_code',
  'sessionId',
  'session_state',
  'sid',
  's_hash',
  'tab_id',
  'totpSecret',
  'x5c',
  'x5t',
  'x5t#S256',
  'publicKey',
  'public_key',
  'certificate',
  'n',
])
/** Lifetimes that have got a little shorter by the time they are answered. */
const lifetimes = new Set(['expires_in', 'refresh_expires_in'])
/** Words in any order. */
const wordSets = new Set(['scope'])

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const jwt = /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*$/
/** Secrets and keys: long, without blanks, of small and capital letters and digits. */
const opaque = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[\w+/=-]{32,}$/
const secondsMin = 1_500_000_000
const millisecondsMin = secondsMin * 1000
const lifetimeStep = 10

/**
 * A value in which whatever differs from server to server and from run to run has a name instead: ids, times, keys, codes,
 * the realm. Tokens are decoded. Arrays have one order, unless theirs counts.
 */
export function normalValue(value: unknown, names: Names, member = ''): unknown {
  if (typeof value === 'string') return normalText(value, names, member)
  if (typeof value === 'number') return normalNumber(value, member)
  if (Array.isArray(value)) {
    if (madeAnew.has(member)) return `<${member}>`
    const elements = value.map((element) => normalValue(element, names))
    return names.ordered ? elements : elements.toSorted(byText)
  }
  if (value === null || typeof value !== 'object') return value
  const members = Object.entries(lockInSeconds(value)).map(([name, inner]) => [
    normalText(name, names, ''),
    normalValue(inner, names, name),
  ])
  return Object.fromEntries(members.toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

/** How long somebody is locked, instead of until when. */
function lockInSeconds(value: object): object {
  if (!('failedLoginNotBefore' in value && 'lastFailure' in value)) return value
  const until = Number(value.failedLoginNotBefore)
  const since = Math.floor(Number(value.lastFailure) / 1000)
  return { ...value, failedLoginNotBefore: until < since ? until : until - since }
}

function byText(a: unknown, b: unknown): number {
  const [first, second] = [JSON.stringify(a) ?? '', JSON.stringify(b) ?? '']
  return first < second ? -1 : first > second ? 1 : 0
}

function normalNumber(value: number, member: string): unknown {
  if (value >= millisecondsMin) return '<milliseconds>'
  if (value >= secondsMin) return '<seconds>'
  if (lifetimes.has(member)) return Math.round(value / lifetimeStep) * lifetimeStep
  return value
}

/** @param member name of the member or parameter whose value it is */
export function normalText(value: string, names: Names, member: string): unknown {
  if (jwt.test(value)) return decoded(value, names)
  if (member === 'representation') return normalRepresentation(value, names)
  if (madeAnew.has(member) && value !== '') return `<${member}>`
  if (wordSets.has(member) && value.includes(' ')) return value.split(' ').toSorted().join(' ')
  if (opaque.test(value) && !names.values.has(value)) return '<made anew>'
  let text = value
  for (const [kept, name] of names.values) {
    if (kept.length >= keptCharactersMin) text = text.replaceAll(kept, `<${name}>`)
  }
  return text
    .replaceAll(names.origin, '<origin>')
    .replaceAll(new URL(names.origin).host, '<host>')
    .replace(uuid, '<uuid>')
    .replace(/\b1[5-9]\d{11}\b/g, '<milliseconds>')
    .replace(/\b1[5-9]\d{8}\b/g, '<seconds>')
}

/** What an admin event says was sent: JSON whose members have any order. */
function normalRepresentation(value: string, names: Names): unknown {
  try {
    return normalValue(JSON.parse(value), names)
  } catch {
    return normalText(value, names, '')
  }
}

function decoded(token: string, names: Names): unknown {
  const [header, payload] = token.split('.').map((part) => {
    try {
      return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as unknown
    } catch {
      return null
    }
  })
  return { token: { header: normalValue(header, names), payload: normalValue(payload, names) } }
}
