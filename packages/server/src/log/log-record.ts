/** A record as pino writes it. */
export interface LogRecord {
  readonly level: number
  readonly time: number
  readonly msg?: string
  readonly err?: { readonly stack?: string; readonly message?: string; readonly type?: string }
  /** What the line is about, beside what is known of its request: `clientId`, `userId`, … */
  readonly mdc?: Readonly<Record<string, string | undefined>>
  /** Whether the text may have several lines, since it was put together here and not by who sent a request. */
  readonly severalLines?: boolean
}

const names: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
}

/** @returns Keycloak's name of one of pino's levels */
export function levelName(level: number): string {
  return names[level] ?? 'INFO'
}
