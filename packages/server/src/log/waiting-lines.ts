import type { LineSink } from './line-sink.ts'

/**
 * Lines that wait to be written together, so that who logs goes on at once. When as many wait as may, they are written before
 * the next one is taken, as Keycloak's asynchronous handlers block then: nothing is lost.
 */
export class WaitingLines implements LineSink {
  readonly #sink: LineSink
  readonly #linesMax: number
  #lines: string[] = []
  #scheduled: NodeJS.Immediate | undefined

  constructor(sink: LineSink, linesMax: number) {
    this.#sink = sink
    this.#linesMax = linesMax
  }

  write(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length >= this.#linesMax) this.flush()
    else this.#scheduled ??= setImmediate(() => this.flush())
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    if (this.#lines.length === 0) return
    const text = this.#lines.join('')
    this.#lines = []
    this.#sink.write(text)
  }
}
