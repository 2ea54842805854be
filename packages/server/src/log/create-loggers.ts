import { hostname } from 'node:os'
import { ecsFormat, jsonFormat } from './json-format.ts'
import type { LineFormat, RequestContext } from './line-format.ts'
import type { LineSink } from './line-sink.ts'
import type { HandlerSettings, LogSettings, SyslogSettings } from './log-settings.ts'
import { Loggers, type LogHandler } from './loggers.ts'
import { namesRequests, patternFormat } from './pattern-format.ts'
import { RequestScope } from './request-scope.ts'
import { RotatingFile } from './rotating-file.ts'
import { syslogMessage } from './syslog-message.ts'
import { SyslogSender } from './syslog-sender.ts'
import { WaitingLines } from './waiting-lines.ts'

export interface LoggersSource {
  /** Of the program, for lines that name it. */
  readonly version: () => string
  /** The log file, where somebody has it open; without it lines are put behind what is in it. */
  readonly file?: LineSink | undefined
  /** Where records go beside the handlers of the settings, with what is known of their request. */
  readonly further?: ((request: RequestContext) => LogHandler) | undefined
}

const nobody: RequestContext = { requestId: undefined, context: new Map() }

/**
 * @returns loggers that write where and how the settings say. Following requests costs processor time in every promise, so it
 * is done only where lines have a place for it.
 * @throws Error when the log file cannot be opened
 */
export function createLoggers(settings: LogSettings, source: LoggersSource): Loggers {
  const { console: terminal, file, syslog } = settings
  const follows =
    source.further !== undefined ||
    [terminal, file, syslog].some(
      (handler) =>
        handler !== undefined && (handler.output !== 'pattern' || namesRequests(handler.pattern)),
    )
  const requests = follows ? new RequestScope() : undefined
  const formatOf = (handler: HandlerSettings & { readonly color?: boolean }) =>
    lineFormat(handler, settings, requests ?? nobody, source.version)
  const handlers: LogHandler[] = []
  if (terminal !== undefined) {
    handlers.push(lineHandler(terminal, formatOf(terminal), process.stdout))
  }
  if (file !== undefined) {
    const sink =
      source.file ??
      new RotatingFile({ file: file.file, rotation: undefined, now: () => Date.now() })
    handlers.push(lineHandler(file, formatOf(file), sink))
  }
  if (syslog !== undefined) handlers.push(syslogHandler(syslog, formatOf(syslog)))
  if (source.further !== undefined) handlers.push(source.further(requests ?? nobody))
  return new Loggers(settings, handlers, requests)
}

function lineFormat(
  handler: HandlerSettings & { readonly color?: boolean },
  settings: LogSettings,
  request: RequestContext,
  version: () => string,
): LineFormat {
  if (handler.output === 'json') return jsonFormat(settings, request)
  if (handler.output === 'ecs') return ecsFormat(settings, request, version())
  const { pattern, color } = handler
  const { contextKeys } = settings
  return patternFormat({ pattern, request, contextKeys, ...(color === true ? { color } : {}) })
}

function lineHandler(
  { level, queueLength }: HandlerSettings,
  format: LineFormat,
  sink: LineSink,
): LogHandler {
  const lines = queueLength === undefined ? sink : waiting(sink, queueLength)
  return { level, write: (category, record) => lines.write(format(category, record)) }
}

function waiting(sink: LineSink, queueLength: number): LineSink {
  const lines = new WaitingLines(sink, queueLength)
  process.once('exit', () => lines.flush())
  return lines
}

function syslogHandler(settings: SyslogSettings, format: LineFormat): LogHandler {
  const source = { host: hostname(), processId: process.pid }
  const send = (category: string, level: number, time: number, text: string) =>
    sender.send(syslogMessage(settings, source, { category, level, time, text }))
  const sender = new SyslogSender({
    settings,
    trusted: settings.trusted,
    onLost: (count) => {
      const record = { level: 40, time: Date.now(), msg: `${count} log lines did not reach syslog` }
      send('org.keycloak.log', record.level, record.time, format('org.keycloak.log', record))
    },
  })
  return {
    level: settings.level,
    write: (category, record) =>
      send(category, record.level, record.time, format(category, record)),
  }
}
