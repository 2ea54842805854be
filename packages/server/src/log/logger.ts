import type { Logger as PinoLogger } from 'pino'

/** What writes log lines of one category; `err` in the merged object becomes the trace behind the line. */
export type Logger = Pick<
  PinoLogger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'isLevelEnabled'
>
