import { hostname } from 'node:os'
import { datePattern } from './date-pattern.ts'
import {
  diagnosticContext,
  escapeControls,
  type LineFormat,
  type RequestContext,
} from './line-format.ts'
import { type LogRecord, levelName } from './log-record.ts'
import { portableStack } from './portable-stack.ts'

/** Keycloak's own pattern of plain lines. */
export const defaultPattern = '%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%c] (%t) %s%e%n'
const defaultDates = 'yyyy-MM-dd HH:mm:ss,SSS'
const threadName = 'main'

/** Escape sequences of terminals by level, as JBoss LogManager colours them. */
const colours: Readonly<Record<string, string>> = {
  FATAL: '\x1b[91m',
  ERROR: '\x1b[91m',
  WARN: '\x1b[93m',
  INFO: '\x1b[32m',
  DEBUG: '\x1b[36m',
  TRACE: '\x1b[90m',
}
const plain = '\x1b[0m'

export interface PatternFormatDeps {
  readonly pattern: string
  readonly request: RequestContext
  readonly contextKeys: ReadonlySet<string> | undefined
  readonly color?: boolean
}

interface Line {
  readonly category: string
  readonly record: LogRecord
}
type Field = (line: Line) => string

/** `%`, flags and widths, a letter, and an argument in braces. */
const conversion = /%(-?)(0?)(\d*)(?:\.(-?\d+))?([A-Za-z%$#])(?:\{([^}]*)\})?/g

/** @returns whether lines of this pattern say to which request they belong */
export function namesRequests(pattern: string): boolean {
  return /%-?[\d.]*X/.test(pattern)
}

/**
 * Compiles a pattern in the notation of JBoss LogManager's PatternFormatter. What Node.js does not know (the class, method
 * and line that logged, the thread's number) is written as `?`.
 */
export function patternFormat(deps: PatternFormatDeps): LineFormat {
  const fields: Field[] = []
  let end = 0
  for (const match of deps.pattern.matchAll(conversion)) {
    const [whole, left, , width = '', precision, letter = '', argument] = match
    const literal = deps.pattern.slice(end, match.index)
    if (literal !== '') fields.push(() => literal)
    end = match.index + whole.length
    const field = fieldOf(letter, argument, deps)
    fields.push(
      width === '' && precision === undefined
        ? field
        : (line) => fitted(field(line), Number(width), Number(precision ?? 0), left === '-'),
    )
  }
  const rest = deps.pattern.slice(end)
  const format = (line: Line) => `${fields.map((field) => field(line)).join('')}${rest}`
  if (deps.color !== true) return (category, record) => format({ category, record })
  return (category, record) => {
    const text = format({ category, record })
    return `${colours[levelName(record.level)] ?? ''}${text.replace(/\n?$/, `${plain}$&`)}`
  }
}

function fitted(text: string, width: number, precision: number, left: boolean): string {
  const cut = precision > 0 ? text.slice(0, precision) : text
  return left ? cut.padEnd(width) : cut.padStart(width)
}

function fieldOf(letter: string, argument: string | undefined, deps: PatternFormatDeps): Field {
  switch (letter) {
    case 'd': {
      const date = datePattern(argument ?? defaultDates)
      return ({ record }) => date(record.time)
    }
    case 'p':
      return ({ record }) => levelName(record.level)
    case 'c':
    case 'C':
      return ({ category }) => lastSegments(category, Number(argument ?? 0))
    case 's':
    case 'm':
      return ({ record }) => messageOf(record)
    case 'e':
    case 'E':
      return ({ record: { err } }) =>
        err?.stack === undefined ? '' : `\n${escapeControls(portableStack(err.stack))}`
    case 'X':
      return contextField(argument, deps)
    default:
      return constantField(letter)
  }
}

const started = performance.timeOrigin

function constantField(letter: string): Field {
  switch (letter) {
    case 't':
      return () => threadName
    case 'n':
      return () => '\n'
    case 'i':
      return () => String(process.pid)
    case 'N':
      return () => process.title
    case 'h': {
      const short = hostname().split('.', 1)[0] ?? ''
      return () => short
    }
    case 'H':
      return () => hostname()
    case 'r':
      return ({ record }) => String(Math.round(record.time - started))
    case 'x':
    case 'z':
    case '#':
    case 'K':
    case 'k':
      return () => ''
    case '%':
      return () => '%'
    default:
      return () => '?'
  }
}

function contextField(
  name: string | undefined,
  { request, contextKeys }: PatternFormatDeps,
): Field {
  return ({ record }) => {
    const context = diagnosticContext(record, request, contextKeys)
    if (name !== undefined) return escapeControls(context[name] ?? '')
    const pairs = Object.entries(context).map(([key, value]) => `${key}=${oneLine(value)}`)
    return `{${pairs.join(', ')}}`
  }
}

function messageOf({ msg = '', severalLines }: LogRecord): string {
  return severalLines === true ? escapeControls(msg) : oneLine(msg)
}

function oneLine(text: string): string {
  return escapeControls(text).replaceAll('\n', '\\n')
}

/** @param count how many segments of the name are shown, from its end; 0 = all */
function lastSegments(category: string, count: number): string {
  return count > 0 ? category.split('.').slice(-count).join('.') : category
}
