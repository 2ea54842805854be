import type { IncomingMessage, ServerResponse } from 'node:http'
import { ArrivalList } from './arrival-list.ts'
import { hasBody } from './arriving-bodies.ts'

/** Requests at work from which on others stand in line (docs/decisions/0016-work-on-a-request-begins-from-a-line.md). */
const crowd = 32
/** Requests that then begin in one turn of the event loop. */
const beginningsPerTurn = 2
/** Longest time in line: who would be served later has mostly given up. */
const lineMsMax = 2_000

export interface AdmissionDeps {
  /** Requests in line and at work together. */
  readonly requestsMax: number
  /** Two seconds unless said otherwise. */
  readonly lineMsMax?: number
  /** Whether a request is mostly answered from memory, in the call that begins it: it never stands in line. */
  readonly answersAtOnce?: ((request: IncomingMessage) => boolean) | undefined
  /** Begins the work on a request. */
  readonly begin: (request: IncomingMessage, response: ServerResponse) => void
  /** Answers in the place of the endpoint. */
  readonly refuse: (request: IncomingMessage, response: ServerResponse, reason: string) => void
}

/** A request in line. */
interface Waiting {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** By the monotonic clock. */
  readonly since: number
}

/**
 * Decides when the work on a request begins, and whether it does. A request is *in line* as long as others are to begin
 * first, *arriving* while its body comes, *at work* until its answer is handed over. There is a line only while a
 * crowd is at work. A turn of the event loop accepts one new connection: if all requests of a crowd began in one, turns would
 * take as long as the work of the crowd, and who is not connected yet would wait outside for seconds.
 *
 * Refused are a request that comes when `requestsMax` are in line and at work, and one that has been in line for too long. Who
 * leaves the line is forgotten. What still arrives does not count, or few slow senders would keep everybody out.
 */
export class Admission {
  readonly #deps: AdmissionDeps
  /** First come, first served. */
  readonly #line = new ArrivalList<Waiting>()
  readonly #lineMsMax: number
  #atWork = 0
  #turnAwaited = false

  constructor(deps: AdmissionDeps) {
    this.#deps = deps
    this.#lineMsMax = deps.lineMsMax ?? lineMsMax
  }

  /** Begins a request now or later, or refuses it. */
  admit(request: IncomingMessage, response: ServerResponse): void {
    const { requestsMax, answersAtOnce } = this.#deps
    const present = this.#line.size + this.#atWork
    if (this.#line.size === 0 && present < Math.min(crowd, requestsMax)) {
      this.#begin(request, response)
      return
    }
    // Those that have to wait for the database after all may be as many again.
    const atOnce = answersAtOnce?.(request) === true
    if (present >= (atOnce ? 2 : 1) * requestsMax) {
      this.#refuse(request, response, 'Too many requests at once')
      return
    }
    if (atOnce) {
      this.#begin(request, response)
      return
    }
    this.#awaitTurn()
    const place = this.#line.add({ request, response, since: performance.now() })
    response.on('close', () => this.#line.leave(place))
  }

  #awaitTurn(): void {
    if (this.#turnAwaited) return
    this.#turnAwaited = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    this.#turnAwaited = false
    const now = performance.now()
    let begun = 0
    while (begun < beginningsPerTurn) {
      const place = this.#line.first
      if (place === undefined) return
      const { request, response, since } = place.value
      this.#line.leave(place)
      if (now - since > this.#lineMsMax) this.#refuse(request, response, 'Too long in line')
      else {
        this.#begin(request, response)
        begun += 1
      }
    }
    if (this.#line.size > 0) this.#awaitTurn()
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    this.#deps.begin(request, response)
    if (response.writableEnded) return
    let atWork = !hasBody(request)
    const over = () => {
      if (atWork) this.#atWork -= 1
      atWork = false
    }
    // Emitted when the answer is complete here, however slowly its client reads it.
    response.on('prefinish', over)
    response.on('close', over)
    if (atWork) this.#atWork += 1
    else {
      request.once('end', () => {
        if (response.writableEnded || response.destroyed) return
        atWork = true
        this.#atWork += 1
      })
    }
  }

  #refuse(request: IncomingMessage, response: ServerResponse, reason: string): void {
    // An unread body would make the kernel cut the connection before the client has read the answer.
    request.resume()
    this.#deps.refuse(request, response, reason)
  }
}
