/** Where the cluster package writes log lines; pino's loggers fit. */
export interface ClusterLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Remembered subjects; beyond it the oldest is forgotten. */
const subjectsMax = 1_000

/** Logs a complaint at most once per interval and subject, with how many were kept back. */
export class Complaints {
  readonly #log: ClusterLogger
  readonly #intervalMs: number
  readonly #now: () => number
  readonly #seen = new Map<string, { at: number; held: number }>()

  /** @param now milliseconds of a monotonic clock */
  constructor(log: ClusterLogger, intervalMs: number, now: () => number) {
    this.#log = log
    this.#intervalMs = intervalMs
    this.#now = now
  }

  warn(subject: string, fields: object, message: string): void {
    const seen = this.#seen.get(subject)
    if (seen !== undefined && this.#now() - seen.at < this.#intervalMs) {
      seen.held += 1
      return
    }
    this.#seen.delete(subject)
    this.#seen.set(subject, { at: this.#now(), held: 0 })
    const oldest = this.#seen.keys().next().value
    if (this.#seen.size > subjectsMax && oldest !== undefined) this.#seen.delete(oldest)
    const repeats = seen === undefined || seen.held === 0 ? {} : { repeatedSince: seen.held }
    this.#log.warn({ ...fields, ...repeats }, message)
  }
}
