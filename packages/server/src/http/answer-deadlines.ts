import type { ServerResponse } from 'node:http'
import { ArrivalList } from './arrival-list.ts'

/** How long an answer to a request that is known to be long may take: the longest statement of an import, and a little. */
const longAnswerMsMax = 660_000
/** Answers that may take that long. */
const long = new WeakSet<ServerResponse>()

/** Gives the answer to a request that may take minutes (importing a realm, deleting one) the time for it. */
export function allowLongAnswer(response: ServerResponse): void {
  long.add(response)
}

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
 * a timer of its own; long ones stand in a row of their own once the usual time is over.
 */
export class AnswerDeadlines implements Disposable {
  readonly #deps: AnswerDeadlinesDeps
  readonly #awaited = new ArrivalList<Awaited>()
  readonly #long = new ArrivalList<Awaited>()
  readonly #timer: NodeJS.Timeout

  constructor(deps: AnswerDeadlinesDeps) {
    this.#deps = deps
    this.#timer = setInterval(() => this.#sweep(), Math.min(sweepMs, deps.answerMsMax)).unref()
  }

  /** Requests that wait for their answer. */
  get waiting(): number {
    return this.#awaited.size + this.#long.size
  }

  /** From now on the answer has its time. */
  begin(response: ServerResponse): void {
    this.#await(this.#awaited, response, this.#deps.answerMsMax)
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }

  #await(list: ArrivalList<Awaited>, response: ServerResponse, ms: number): void {
    const place = list.add({ response, due: performance.now() + ms })
    response.on('close', () => list.leave(place))
  }

  #sweep(): void {
    for (const response of this.#overdue(this.#awaited)) {
      if (long.has(response)) {
        this.#await(this.#long, response, longAnswerMsMax - this.#deps.answerMsMax)
      } else this.#end(response)
    }
    for (const response of this.#overdue(this.#long)) this.#end(response)
  }

  *#overdue(list: ArrivalList<Awaited>): Generator<ServerResponse> {
    const now = performance.now()
    let oldest = list.first
    while (oldest !== undefined && now >= oldest.value.due) {
      list.leave(oldest)
      yield oldest.value.response
      oldest = list.first
    }
  }

  #end(response: ServerResponse): void {
    if (response.headersSent) response.destroy()
    else this.#deps.refuse(response)
  }
}
