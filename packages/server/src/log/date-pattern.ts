const two = (value: number) => String(value).padStart(2, '0')
const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

type Part = (at: Date) => string

const fields: Readonly<Record<string, (at: Date, width: number) => string>> = {
  y: (at, width) => (width === 2 ? two(at.getFullYear() % 100) : String(at.getFullYear())),
  u: (at) => String(at.getFullYear()),
  M: (at, width) => (width >= 3 ? (months[at.getMonth()] ?? '') : padded(at.getMonth() + 1, width)),
  d: (at, width) => padded(at.getDate(), width),
  H: (at, width) => padded(at.getHours(), width),
  h: (at, width) => padded(at.getHours() % 12 || 12, width),
  m: (at, width) => padded(at.getMinutes(), width),
  s: (at, width) => padded(at.getSeconds(), width),
  S: (at, width) =>
    String(at.getMilliseconds()).padStart(3, '0').padEnd(width, '0').slice(0, width),
  a: (at) => (at.getHours() < 12 ? 'AM' : 'PM'),
  E: (at) => days[at.getDay()] ?? '',
  Z: (at) => offset(at, ''),
  X: (at, width) => (at.getTimezoneOffset() === 0 ? 'Z' : offset(at, width > 2 ? ':' : '')),
  x: (at, width) => offset(at, width > 2 ? ':' : ''),
  z: (at) => (at.getTimezoneOffset() === 0 ? 'UTC' : `GMT${offset(at, ':')}`),
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0')
}

function offset(at: Date, separator: string): string {
  const minutes = -at.getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${separator}${two(size % 60)}`
}

/**
 * Compiles a date pattern of Java's formatters (`yyyy-MM-dd HH:mm:ss,SSS`), with the letters that logs use; other letters
 * stand for themselves. Times are local.
 * @returns what writes a time, given in milliseconds since the epoch
 */
export function datePattern(pattern: string): (ms: number) => string {
  const parts: Part[] = []
  for (const [token] of pattern.matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']+/g)) {
    const field = fields[token[0] ?? '']
    if (token.startsWith("'")) {
      const text = token === "''" ? "'" : token.slice(1, -1)
      parts.push(() => text)
    } else if (field === undefined) parts.push(() => token)
    else parts.push((at) => field(at, token.length))
  }
  return (ms) => {
    const at = new Date(ms)
    return parts.map((part) => part(at)).join('')
  }
}
