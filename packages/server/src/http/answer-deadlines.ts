import type { ServerResponse } from 'node:http'

/** How often overdue answers are looked for; an answer may be late by this much. */
const sweepMs = 1_000

export interface AnswerDeadlinesDeps {
  /** How long an answer may take. */
  readonly answerMsMax: number
  /** Answers in the place of an endpoint that has not. */
  readonly refuse: (response: ServerResponse) => void
}

/**
 * Lets no request wait for ever: one that has no answer when its time is up is refused, and an answer that has begun and does
 * not come to its end is cut. All requests have the same time, so that the oldest is always the first, and no request needs
 * a timer of its own.
 */
export class AnswerDeadlines implements Disposable {
  readonly #deps: AnswerDeadlinesDeps
  /** When each answer is due, by the monotonic clock; in the order in which the requests came. */
  readonly #due = new Map<ServerResponse, number>()
  readonly #timer: NodeJS.Timeout

  constructor(deps: AnswerDeadlinesDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => this.#sweep(), Math.min(sweepMs, deps.answerMsMax)).unref()
  }

  /** Requests that wait for their answer. */
  get waiting(): number {
    return this.#due.size
  }

  /** From now on the answer has its time. */
  begin(response: ServerResponse): void {
    this.#due.set(response, performance.now() + this.#deps.answerMsMax)
    response.on('close', () => this.#due.delete(response))
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #sweep(): void {
    const now = performance.now()
    for (const [response, due] of this.#due) {
      if (now < due) return
      this.#due.delete(response)
      if (response.headersSent) response.destroy()
      else this.#deps.refuse(response)
    }
  }
}
