/** Levels of Keycloak's logging, from loudest. */
export const logLevels = ['all', 'trace', 'debug', 'info', 'warn', 'error', 'fatal', 'off'] as const
export type LogLevel = (typeof logLevels)[number]

/** What is logged and how. */
export interface LogSettings {
  readonly root: LogLevel
  /** Levels of categories; a category without one has that of its nearest parent (`org.keycloak` for `org.keycloak.events`). */
  readonly categories: ReadonlyMap<string, LogLevel>
  readonly console: boolean
  /** Lowest level that reaches the console. */
  readonly consoleLevel: LogLevel
  readonly json: boolean
  readonly serviceName: string
  readonly serviceEnvironment: string | undefined
}
