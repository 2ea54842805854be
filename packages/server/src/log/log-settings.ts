import type { ConnectionOptions } from 'node:tls'

/** Levels of Keycloak's logging, from loudest. */
export const logLevels = ['all', 'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'off'] as const
export type LogLevel = (typeof logLevels)[number]

/** What every place that lines go to has. */
export interface HandlerSettings {
  /** Lowest level that is written. */
  readonly level: LogLevel
  readonly output: 'pattern' | 'json' | 'ecs'
  /** Of plain lines, in the notation of JBoss LogManager. */
  readonly pattern: string
  /** Lines that may wait to be written; undefined = each is written at once. */
  readonly queueLength: number | undefined
}

export interface ConsoleSettings extends HandlerSettings {
  readonly color: boolean
}

export interface FileSettings extends HandlerSettings {
  /** Absolute. */
  readonly file: string
  readonly rotation: RotationSettings | undefined
}

/** When a file makes place for the next one. */
export interface RotationSettings {
  readonly bytesMax: number
  /** How many earlier files are kept. */
  readonly backups: number
  /** A pattern of dates that is put behind the name when the date changes (`.yyyy-MM-dd`), `.gz` behind it compresses. */
  readonly suffix: string | undefined
  /** Whether a start begins a new file. */
  readonly onBoot: boolean
}

export interface SyslogSettings extends HandlerSettings {
  readonly host: string
  readonly port: number
  readonly protocol: 'tcp' | 'udp' | 'ssl-tcp'
  readonly type: 'rfc5424' | 'rfc3164'
  readonly appName: string
  readonly bytesMax: number
  /** Whether each message is preceded by its length (RFC 6587 §3.4.1). */
  readonly countingFraming: boolean
  /** Who is believed at the other end of TLS. */
  readonly trusted: Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'>
}

/** What is logged and how. */
export interface LogSettings {
  readonly root: LogLevel
  /** Levels of categories; a category without one has that of its nearest parent (`org.keycloak` for `org.keycloak.events`). */
  readonly categories: ReadonlyMap<string, LogLevel>
  readonly console?: ConsoleSettings
  readonly file?: FileSettings
  readonly syslog?: SyslogSettings
  /** What of a request its lines say: `realmName`, `clientId`, …; undefined = the request's id alone. */
  readonly contextKeys: ReadonlySet<string> | undefined
  readonly serviceName: string
  readonly serviceEnvironment: string | undefined
}
