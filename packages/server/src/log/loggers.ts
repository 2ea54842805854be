import { pino } from 'pino'
import type { LogRecord } from './log-record.ts'
import { type LogLevel, type LogSettings, logLevels } from './log-settings.ts'
import type { Logger } from './logger.ts'
import type { RequestScope } from './request-scope.ts'

/** Names of fields whose values never reach a log line, wherever they are in a logged object. */
const secretPaths = [
  'password',
  'secret',
  'client_secret',
  'authorization',
  'cookie',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'code',
].flatMap((name) => [name, `*.${name}`])

/** Where records go: the console, a file, a syslog server. */
export interface LogHandler {
  /** Lowest level that it takes. */
  readonly level: LogLevel
  write(category: string, record: LogRecord): void
}

/** Makes one logger per category, with the level that the settings give it, in front of every handler. */
export class Loggers {
  /** Where requests are to be announced, so that lines name them; undefined when lines do not. */
  readonly requests: RequestScope | undefined
  readonly #settings: Pick<LogSettings, 'root' | 'categories'>
  readonly #handlers: readonly { readonly handler: LogHandler; readonly levelMin: number }[]
  /** Lowest level that any handler takes. */
  readonly #lowest: LogLevel
  readonly #loggers = new Map<string, Logger>()

  constructor(
    settings: Pick<LogSettings, 'root' | 'categories'>,
    handlers: readonly LogHandler[],
    requests?: RequestScope,
  ) {
    this.#settings = settings
    this.#handlers = handlers.map((handler) => ({ handler, levelMin: numberOf(handler.level) }))
    this.#lowest = handlers.map(({ level }) => level).reduce(quieter, 'off')
    this.requests = requests
  }

  /** @param category as Keycloak names it where it has the same one: `org.keycloak.events`, `org.keycloak.services` */
  of(category: string): Logger {
    const existing = this.#loggers.get(category)
    if (existing !== undefined) return existing
    const logger = pino(
      {
        level: pinoLevel(louder(this.#lowest, levelFor(category, this.#settings))),
        base: null,
        timestamp: () => `,"time":${Date.now()}`,
        redact: { paths: secretPaths, censor: '***' },
      },
      { write: (text: string) => this.#write(category, JSON.parse(text)) },
    )
    this.#loggers.set(category, logger)
    return logger
  }

  #write(category: string, record: LogRecord): void {
    for (const { handler, levelMin } of this.#handlers) {
      if (record.level >= levelMin) handler.write(category, record)
    }
  }
}

/** @returns the level of the category itself, or of its nearest parent */
function levelFor(category: string, settings: Pick<LogSettings, 'root' | 'categories'>): LogLevel {
  for (let name = category; name !== ''; name = name.slice(0, Math.max(name.lastIndexOf('.'), 0))) {
    const level = settings.categories.get(name)
    if (level !== undefined) return level
  }
  return settings.root
}

/** Of two thresholds the higher one: a line must pass both. */
function louder(a: LogLevel, b: LogLevel): LogLevel {
  return logLevels.indexOf(a) > logLevels.indexOf(b) ? a : b
}

function quieter(a: LogLevel, b: LogLevel): LogLevel {
  return logLevels.indexOf(a) > logLevels.indexOf(b) ? b : a
}

/** pino's number of a threshold. */
function numberOf(level: LogLevel): number {
  return level === 'off' ? Infinity : logLevels.indexOf(level) * 10
}

function pinoLevel(level: LogLevel): string {
  if (level === 'all') return 'trace'
  return level === 'off' ? 'silent' : level
}
