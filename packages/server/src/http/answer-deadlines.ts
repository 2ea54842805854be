import type { ServerResponse } from 'node:http'
import { ArrivalList } from '../shared/arrival-list.ts'

/** How often overdue answers are looked for; an answer may be late by this much. */
const sweepMs = 1_000

export interface AnswerDeadlinesDeps {
  /** How long an answer may take. */
  readonly answerMsMax: number
  /** Answers in the place of an endpoint that has not. */
  readonly refuse: (response: ServerResponse) => void
}

interface Awaited {
  readonly response: ServerResponse
  /** By the monotonic clock. */
  readonly due: number
}

/**
 * Lets no request wait for ever: one that has no answer when its time is up is refused, and an answer that has begun and does
 * not come to its end is cut. All requests have the same time, so that the oldest is always the first, and no request needs
 * a timer of its own.
 */
export class AnswerDeadlines implements Disposable {
  readonly #deps: AnswerDeadlinesDeps
  readonly #awaited = new ArrivalList<Awaited>()
  readonly #timer: NodeJS.Timeout

  constructor(deps: AnswerDeadlinesDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => this.#sweep(), Math.min(sweepMs, deps.answerMsMax)).unref()
  }

  /** Requests that wait for their answer. */
  get waiting(): number {
    return this.#awaited.size
  }

  /** From now on the answer has its time. */
  begin(response: ServerResponse): void {
    const due = performance.now() + this.#deps.answerMsMax
    const place = this.#awaited.add({ response, due })
    response.on('close', () => this.#awaited.leave(place))
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #sweep(): void {
    const now = performance.now()
    let oldest = this.#awaited.first
    while (oldest !== undefined && now >= oldest.value.due) {
      const { response } = oldest.value
      this.#awaited.leave(oldest)
      if (response.headersSent) response.destroy()
      else this.#deps.refuse(response)
      oldest = this.#awaited.first
    }
  }
}
