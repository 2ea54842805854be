import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { TlsSettings } from '../http-settings.ts'
import { TlsMaterial } from '../tls-material.ts'
import type { HealthReport, HealthSource } from './health-checks.ts'
import type { MetricsSource } from './metrics-page.ts'

/** A request has to arrive within this time; a silent connection, or handshake, ends. */
const requestTimeoutMs = 10_000
const lookAtConnectionsMs = 5_000
/** Probes and scrapers are few. */
const connectionsMax = 256
const connectionOptions = {
  requestTimeout: requestTimeoutMs,
  headersTimeout: requestTimeoutMs,
  connectionsCheckingInterval: lookAtConnectionsMs,
}

/** Where the management listener is and what it shows. */
export interface ManagementServerSettings {
  /** A socket of this machine in the place of host and port. */
  readonly socketPath?: string
  readonly host: string
  readonly port: number
  /** Without a slash at its end. */
  readonly relativePath: string
  readonly tls: TlsSettings | undefined
  readonly health: boolean
  readonly metrics: boolean
}

export interface ManagementServerDeps {
  readonly settings: ManagementServerSettings
  readonly health: HealthSource
  readonly metrics: MetricsSource
}

/** Health and metrics on a port of their own (operations/health.json). Opened first and closed last. */
export class ManagementServer implements AsyncDisposable {
  readonly #deps: ManagementServerDeps
  readonly #server: Server
  readonly #tls: TlsMaterial | undefined

  private constructor(deps: ManagementServerDeps, tls: TlsMaterial | undefined) {
    this.#deps = deps
    this.#tls = tls
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      void this.#answer(request, response)
    }
    this.#server =
      tls === undefined
        ? createServer(connectionOptions, answer)
        : createTlsServer(
            { ...tls.options, ...connectionOptions, handshakeTimeout: requestTimeoutMs },
            answer,
          )
    this.#server.maxConnections = connectionsMax
    tls?.follow(this.#server)
  }

  /** @throws the error of the socket */
  static async open(deps: ManagementServerDeps): Promise<ManagementServer> {
    const { settings } = deps
    const tls = settings.tls === undefined ? undefined : await TlsMaterial.load(settings.tls)
    const management = new ManagementServer(deps, tls)
    await new Promise<void>((resolve, reject) => {
      management.#server.once('error', reject)
      const { host, port, socketPath } = settings
      management.#server.listen(
        socketPath === undefined ? { host, port } : { path: socketPath },
        resolve,
      )
    })
    return management
  }

  /** For the log. */
  get url(): string {
    const { host, port, relativePath, tls } = this.#deps.settings
    const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`
    return `${tls === undefined ? 'http' : 'https'}://${authority}${relativePath}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tls?.[Symbol.dispose]()
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = this.#pathOf(request)
    const { settings, metrics } = this.#deps
    try {
      const report = settings.health && path !== undefined ? this.#reportFor(path) : undefined
      if (report !== undefined) sendReport(response, report)
      else if (path === '/metrics' && settings.metrics) {
        const page = await metrics.page(request.headers.accept ?? '')
        send(response, 200, page.contentType, page.text)
      } else if (path === '/') send(response, 200, 'text/html; charset=utf-8', this.#indexPage())
      else send(response, 404, 'text/html; charset=utf-8', notFoundPage)
    } catch (error) {
      send(response, 503, 'text/plain; charset=utf-8', `${(error as Error).message}\n`)
    }
  }

  #pathOf(request: IncomingMessage): string | undefined {
    const { relativePath } = this.#deps.settings
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path !== relativePath && !path.startsWith(`${relativePath}/`)) return undefined
    const rest = path.slice(relativePath.length).replace(/\/+$/, '')
    return rest === '' ? '/' : rest
  }

  #reportFor(path: string): HealthReport | undefined {
    const { health } = this.#deps
    if (path === '/health' || path === '/health/ready') return health.ready()
    if (path === '/health/live') return health.live()
    return path === '/health/started' ? health.started() : undefined
  }

  #indexPage(): string {
    const { health, metrics, relativePath } = this.#deps.settings
    const items = [
      ...(health ? [['health', 'Health endpoint']] : []),
      ...(metrics ? [['metrics', 'Metrics endpoint']] : []),
    ].map(
      ([name, title]) =>
        `<li><a href="${relativePath}/${name}">${relativePath}/${name}</a> - ${title}</li>`,
    )
    return `<html>\n<h2>Management Interface</h2>\n<ul>${items.join('\n')}</ul>\n</html>\n`
  }
}

const notFoundPage = '<html><body><h1>Resource not found</h1></body></html>'

function sendReport(response: ServerResponse, report: HealthReport): void {
  const body = `${JSON.stringify(report, null, 4)}\n`
  send(response, report.status === 'UP' ? 200 : 503, 'application/json; charset=UTF-8', body)
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
