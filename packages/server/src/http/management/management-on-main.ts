import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How long the process that knows may take. */
const timeoutMs = 5_000

/** What of the management interface is shown on the main port. */
export interface ShownOnMain {
  readonly health: boolean
  readonly metrics: boolean
}

/**
 * Where the process that speaks for all workers answers those of its own machine.
 * @param processId of that process
 */
export function managementSocket(processId: number): string {
  return join(tmpdir(), `holdfast-${processId}-management.sock`)
}

/** Health and metrics on the main port (`legacy-observability-interface`), where every worker gives the answer for all. */
export class ManagementOnMain {
  readonly #paths: RegExp
  readonly #socketPath: string

  /** @param relativePath of the main port, without a slash at its end */
  constructor({ health, metrics }: ShownOnMain, relativePath: string, socketPath: string) {
    const names = [
      ...(health ? ['health(?:/live|/ready|/started)?'] : []),
      ...(metrics ? ['metrics'] : []),
    ]
    this.#paths = new RegExp(`^${relativePath.replaceAll('.', '\\.')}/(${names.join('|')})/?$`)
    this.#socketPath = socketPath
  }

  /** @returns false, and has done nothing, for any other path */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const path = this.#paths.exec((request.url ?? '').split('?', 1)[0] ?? '')?.[1]
    if (path === undefined) return false
    const { accept } = request.headers
    const asked = send({
      socketPath: this.#socketPath,
      path: `/${path}`,
      timeout: timeoutMs,
      ...(accept === undefined ? {} : { headers: { accept } }),
    })
    const fail = () => {
      if (!response.headersSent) response.writeHead(503)
      response.end()
    }
    asked.on('timeout', () => asked.destroy(new Error('no answer')))
    asked.on('error', fail)
    asked.on('response', (answer) => {
      const { 'content-type': type = 'text/plain' } = answer.headers
      response.writeHead(answer.statusCode ?? 503, { 'content-type': type })
      answer.pipe(response)
    })
    asked.end()
    return true
  }
}
