import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

export interface LaterRouterDeps {
  /** Start of the paths that it serves, with the relative path and a slash at the end. */
  readonly prefix: string
  /** Loads the code and registers the endpoints. */
  readonly open: () => Promise<FastifyInstance>
  readonly onError: (error: unknown) => void
}

/**
 * A router that is made for its first request: many endpoints that most nodes are never asked for would otherwise make every
 * start longer. States: *closed*, *opening* (requests wait for it), *open*; back to *closed* when it could not be opened.
 */
export class LaterRouter {
  readonly #deps: LaterRouterDeps
  #opening: Promise<FastifyInstance> | undefined
  #open: FastifyInstance | undefined

  constructor(deps: LaterRouterDeps) {
    this.#deps = deps
  }

  /** Whether a request is for this router, by its undecoded path. */
  serves({ url }: IncomingMessage): boolean {
    return url?.startsWith(this.#deps.prefix) === true
  }

  /** @param refuse answers when the router could not be opened */
  route(
    request: IncomingMessage,
    response: ServerResponse,
    refuse: (response: ServerResponse) => void,
  ): void {
    if (this.#open !== undefined) {
      this.#open.routing(request, response)
      return
    }
    this.#opened().then(
      (app) => app.routing(request, response),
      (error: unknown) => {
        this.#deps.onError(error)
        request.resume()
        refuse(response)
      },
    )
  }

  async #opened(): Promise<FastifyInstance> {
    this.#opening ??= this.#deps.open()
    try {
      this.#open = await this.#opening
      return this.#open
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }
}
