import { now } from './run-clock.ts'

const tickMs = 20

/**
 * Notices when this process does not get to run: a machine that is busy with other things makes everybody look silent.
 * What it noticed is taken off the silence of the server.
 */
export class StallWatch implements Disposable {
  readonly #late: { readonly at: number; readonly ms: number }[] = []
  readonly #timer: NodeJS.Timeout
  #last = now()

  constructor() {
    this.#timer = setInterval(() => {
      const at = now()
      const ms = at - this.#last - tickMs
      if (ms > tickMs) this.#late.push({ at, ms })
      this.#last = at
    }, tickMs)
  }

  /** How long this process stood still between two moments, in milliseconds. */
  between(from: number, until: number): number {
    return this.#late
      .filter(({ at }) => at > from && at <= until)
      .reduce((sum, { ms }) => sum + ms, 0)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
