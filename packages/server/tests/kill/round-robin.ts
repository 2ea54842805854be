import {
  type HttpAnswer,
  HttpClient,
  type HttpRequest,
  type Transport,
} from '../harness/http-exchange.ts'

/** Longest that one request is repeated before the client gives up. */
const retryLimitMs = 15_000
/** Pause after every node was tried. */
const retryPauseMs = 50
/** Longest that one node may take for one answer. */
const nodeTimeoutMs = 5_000

/** No node answered, or the one that might have acted did not. */
export class NoAnswer extends Error {}

/** Sends each request to the next node; what may be repeated goes to another one after a connection error or a 5xx. */
export class RoundRobin implements Disposable {
  readonly #origins: readonly URL[]
  readonly #client = new HttpClient(128)
  #next = 0
  retries = 0

  constructor(origins: readonly URL[]) {
    this.#origins = origins
  }

  /** Repeats on connection errors and 5xx, as a load balancer or a patient client does. */
  readonly patient: Transport = async (request) => {
    const deadline = Date.now() + retryLimitMs
    let last = 'nothing'
    for (let attempt = 1; Date.now() < deadline; attempt++) {
      try {
        const answer = await this.#send(request)
        if (answer.status < 500) return answer
        last = `${answer.status} ${answer.body.slice(0, 200)}`
      } catch (error) {
        last = String(error)
      }
      this.retries += 1
      if (attempt % this.#origins.length === 0) await pause(retryPauseMs)
    }
    const { pathname } = new URL(request.url)
    throw new NoAnswer(`${request.method} ${pathname}: ${last}`)
  }

  /** Sends once; only a node that refused the connection, and so cannot have acted, is passed over. */
  readonly once: Transport = async (request) => {
    const deadline = Date.now() + retryLimitMs
    let last = ''
    while (Date.now() < deadline) {
      try {
        const answer = await this.#send(request)
        if (answer.status < 500) return answer
        throw new NoAnswer(`${answer.status} ${answer.body.slice(0, 200)}`)
      } catch (error) {
        last = String(error)
        if ((error as { code?: string }).code !== 'ECONNREFUSED') throw new NoAnswer(last)
        this.retries += 1
        await pause(retryPauseMs)
      }
    }
    throw new NoAnswer(last)
  }

  /** Sends to one certain node, once. */
  to(index: number): Transport {
    const origin = this.#origins[index % this.#origins.length]
    return (request) => this.#client.send({ timeoutMs: nodeTimeoutMs, ...request }, origin)
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]()
  }

  #send(request: HttpRequest): Promise<HttpAnswer> {
    this.#next = (this.#next + 1) % this.#origins.length
    return this.to(this.#next)(request)
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resume) => setTimeout(resume, ms))
}
