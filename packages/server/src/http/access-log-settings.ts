/** Which requests are logged, and how. */
export interface AccessLogSettings {
  /** `common`, `combined`, `long`, or a pattern of Quarkus's access log. */
  readonly pattern: string
  /** Paths that match as a whole are left out. */
  readonly exclude: RegExp | undefined
  /** Of these headers and cookies the values are not shown, beside those that never are. */
  readonly maskedHeaders: readonly string[]
  readonly maskedCookies: readonly string[]
  /** Where lines go in place of the log's own handlers. */
  readonly file: AccessLogFile | undefined
}

export interface AccessLogFile {
  /** Absolute. */
  readonly file: string
  /** Whether each day has a file of its own. */
  readonly rotates: boolean
}
