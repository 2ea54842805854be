import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HealthSource } from './health-checks.ts'

/**
 * `GET /lb-check` on the main port, for balancers that choose between sites: 200 while this node can serve, which wants the
 * database, else 503; without a body, as Keycloak answers. It is answered before any line of requests, so that a site under load
 * is not taken for one that is gone.
 */
export class SiteCheck {
  readonly #health: Pick<HealthSource, 'ready'>
  readonly #path: string

  /** @param relativePath of the main port, without a slash at its end */
  constructor(health: Pick<HealthSource, 'ready'>, relativePath: string) {
    this.#health = health
    this.#path = `${relativePath}/lb-check`
  }

  /** @returns false, and has done nothing, for any other path */
  answer(request: Pick<IncomingMessage, 'url'>, response: ServerResponse): boolean {
    if ((request.url ?? '').split('?', 1)[0] !== this.#path) return false
    const up = this.#health.ready().status === 'UP'
    response.writeHead(up ? 200 : 503, { 'content-length': 0 })
    response.end()
    return true
  }
}
