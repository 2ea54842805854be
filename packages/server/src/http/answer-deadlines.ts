import type { ServerResponse } from 'node:http'

/** How often overdue answers are looked for; an answer may be late by this much. */
const sweepMs = 1_000

export interface AnswerDeadlinesDeps {
  /** How long an answer may take. */
  readonly answerMsMax: number
  /** Answers in the place of an endpoint that has not. */
  readonly refuse: (response: ServerResponse) => void
}

/** A response that is waited for, between its neighbours. */
interface Awaited {
  readonly response: ServerResponse
  /** By the monotonic clock. */
  readonly due: number
  earlier: Awaited | undefined
  later: Awaited | undefined
}

/**
 * Lets no request wait for ever: one that has no answer when its time is up is refused, and an answer that has begun and does
 * not come to its end is cut. All requests have the same time, so that the oldest is always the first, and no request needs
 * a timer of its own.
 *
 * The responses stand in a list of their own, whose links are cut when one leaves. A `Map` here kept requests alive that were
 * long answered: V8 links the table that a map has outgrown to the next one, and once one of these was in the old generation,
 * so were all that followed, each with the responses that it held.
 */
export class AnswerDeadlines implements Disposable {
  readonly #deps: AnswerDeadlinesDeps
  readonly #timer: NodeJS.Timeout
  #oldest: Awaited | undefined
  #newest: Awaited | undefined
  #waiting = 0

  constructor(deps: AnswerDeadlinesDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => this.#sweep(), Math.min(sweepMs, deps.answerMsMax)).unref()
  }

  /** Requests that wait for their answer. */
  get waiting(): number {
    return this.#waiting
  }

  /** From now on the answer has its time. */
  begin(response: ServerResponse): void {
    const due = performance.now() + this.#deps.answerMsMax
    const awaited: Awaited = { response, due, earlier: this.#newest, later: undefined }
    if (this.#newest === undefined) this.#oldest = awaited
    else this.#newest.later = awaited
    this.#newest = awaited
    this.#waiting += 1
    response.on('close', () => this.#leave(awaited))
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #leave(awaited: Awaited): void {
    const { earlier, later } = awaited
    // Neither first nor anybody's neighbour: it has left already.
    if (earlier === undefined && this.#oldest !== awaited) return
    if (earlier === undefined) this.#oldest = later
    else earlier.later = later
    if (later === undefined) this.#newest = earlier
    else later.earlier = earlier
    awaited.earlier = undefined
    awaited.later = undefined
    this.#waiting -= 1
  }

  #sweep(): void {
    const now = performance.now()
    let oldest = this.#oldest
    while (oldest !== undefined && now >= oldest.due) {
      this.#leave(oldest)
      if (oldest.response.headersSent) oldest.response.destroy()
      else this.#deps.refuse(oldest.response)
      oldest = this.#oldest
    }
  }
}
