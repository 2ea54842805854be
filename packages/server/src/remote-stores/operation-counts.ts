/** How operations on one cache went. */
export interface OperationCount {
  readonly cache: string
  readonly operation: string
  done: number
  failed: number
  seconds: number
}

/** Counts what a remote store was asked for, for metrics. */
export class OperationCounts {
  readonly #counts = new Map<string, OperationCount>()
  #reconnects = 0

  get all(): readonly OperationCount[] {
    return [...this.#counts.values()]
  }

  /** Connections that took the place of lost ones. */
  get reconnects(): number {
    return this.#reconnects
  }

  done(cache: string, operation: string, ms: number): void {
    const count = this.#of(cache, operation)
    count.done += 1
    count.seconds += ms / 1000
  }

  failed(cache: string, operation: string, ms: number): void {
    const count = this.#of(cache, operation)
    count.failed += 1
    count.seconds += ms / 1000
  }

  reconnected(): void {
    this.#reconnects += 1
  }

  #of(cache: string, operation: string): OperationCount {
    const key = `${cache} ${operation}`
    const known = this.#counts.get(key)
    if (known !== undefined) return known
    const count = { cache, operation, done: 0, failed: 0, seconds: 0 }
    this.#counts.set(key, count)
    return count
  }
}
