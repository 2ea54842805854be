import { pino } from 'pino'
import { type LineFormat, plainFormat } from './line-format.ts'
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

/** Where finished lines go. */
export interface LineSink {
  write(line: string): void
}

/** Makes one logger per category, with the level that the settings give it. */
export class Loggers {
  /** Where requests are to be announced, so that lines name them; undefined when lines do not. */
  readonly requests: RequestScope | undefined
  readonly #settings: LogSettings
  readonly #format: LineFormat
  readonly #sink: LineSink
  readonly #loggers = new Map<string, Logger>()

  constructor(
    settings: LogSettings,
    sink: LineSink = process.stdout,
    format: LineFormat = plainFormat,
    requests?: RequestScope,
  ) {
    this.#settings = settings
    this.#sink = sink
    this.#format = format
    this.requests = requests
  }

  /** @param category as Keycloak names it where it has the same one: `org.keycloak.events`, `org.keycloak.services` */
  of(category: string): Logger {
    const existing = this.#loggers.get(category)
    if (existing !== undefined) return existing
    const level = louder(this.#settings.consoleLevel, levelFor(category, this.#settings))
    const logger = pino(
      {
        level: this.#settings.console ? pinoLevel(level) : 'silent',
        base: null,
        timestamp: () => `,"time":${Date.now()}`,
        redact: { paths: secretPaths, censor: '***' },
      },
      {
        write: (record: string) => this.#sink.write(this.#format(category, JSON.parse(record))),
      },
    )
    this.#loggers.set(category, logger)
    return logger
  }
}

/** @returns the level of the category itself, or of its nearest parent */
function levelFor(category: string, settings: LogSettings): LogLevel {
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

function pinoLevel(level: LogLevel): string {
  if (level === 'all') return 'trace'
  return level === 'off' ? 'silent' : level
}
