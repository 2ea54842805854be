import { AsyncLocalStorage } from 'node:async_hooks'

/** Knows of everything that is done for a request which request it is, without being handed through every call. */
export class RequestScope {
  readonly #ids = new AsyncLocalStorage<string>()

  /** Does `work`, and what follows from it, as part of a request. */
  run(requestId: string, work: () => void): void {
    this.#ids.run(requestId, work)
  }

  /** The request that is being worked on; undefined outside of requests. */
  get requestId(): string | undefined {
    return this.#ids.getStore()
  }
}
