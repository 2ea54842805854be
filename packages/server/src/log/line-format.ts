import { hostname } from 'node:os'
import type { LogSettings } from './log-settings.ts'
import { portableStack } from './portable-stack.ts'
import type { RequestScope } from './request-scope.ts'

/** A record as pino writes it. */
export interface LogRecord {
  readonly level: number
  readonly time: number
  readonly msg?: string
  readonly err?: { readonly stack?: string; readonly message?: string; readonly type?: string }
}

/** Turns a record into the text of its line, line feed included. */
export type LineFormat = (category: string, record: LogRecord) => string

const names: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}
const threadName = 'main'

/** `%d{yyyy-MM-dd HH:mm:ss,SSS} %-5p [%c] (%t) %s%e%n` in local time (operations/log-samples.json). */
export const plainFormat: LineFormat = (category, { level, time, msg = '', err }) => {
  const trace = err?.stack === undefined ? '' : `\n${escapeControls(portableStack(err.stack))}`
  return `${localTime(time)} ${levelName(level).padEnd(5)} [${category}] (${threadName}) ${escapeControls(msg).replaceAll('\n', '\\n')}${trace}\n`
}

/** One JSON object a line, with the keys of Keycloak's `json` output; `mdc` names the request that a line belongs to. */
export function jsonFormat(
  settings: LogSettings,
  requests: Pick<RequestScope, 'requestId'>,
): LineFormat {
  let sequence = 0
  const host = hostname()
  return (category, { level, time, msg = '', err }) => {
    sequence += 1
    const { requestId } = requests
    const line = {
      timestamp: new Date(time).toISOString(),
      sequence,
      loggerClassName: 'pino',
      loggerName: category,
      level: levelName(level),
      message: msg,
      threadName,
      threadId: 1,
      mdc: requestId === undefined ? {} : { requestId },
      ndc: '',
      hostName: host,
      processName: process.title,
      processId: process.pid,
      ...(err === undefined
        ? {}
        : {
            exception: {
              refId: 1,
              exceptionType: err.type,
              message: err.message,
              stackTrace: err.stack === undefined ? undefined : portableStack(err.stack),
            },
          }),
      'service.name': settings.serviceName,
      ...(settings.serviceEnvironment === undefined
        ? {}
        : { 'service.environment': settings.serviceEnvironment }),
    }
    return `${JSON.stringify(line)}\n`
  }
}

function levelName(level: number): string {
  return names[level] ?? 'INFO'
}

/** Keeps one line one line: what a request sent must not forge another entry. Line feeds of traces stay. */
function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replace(/[\x00-\x09\x0b-\x1f\x7f]/g, (char) =>
    char === '\t' ? char : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

function localTime(ms: number): string {
  const at = new Date(ms)
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  return `${date} ${time},${String(at.getMilliseconds()).padStart(3, '0')}`
}
