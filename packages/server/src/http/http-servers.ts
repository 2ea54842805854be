import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server as NetServer } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { pause } from '../shared/pause.ts'
import type { AccessLog } from './access-log.ts'
import { Admission } from './admission.ts'
import { AnswerDeadlines } from './answer-deadlines.ts'
import { ConnectionsByAddress } from './connections-by-address.ts'
import type { HttpSettings } from './http-settings.ts'
import type { LaterRouter } from './later-router.ts'
import { isNormalized, notNormalizedAnswer } from './normalized-path.ts'
import { ProxyProtocolListener } from './proxy-protocol-listener.ts'
import { TlsMaterial } from './tls-material.ts'

/** A request has to arrive within this time, headers and body. */
const requestTimeoutMs = 30_000
const headersTimeoutMs = 15_000
/** An answer has to be complete after this time: proxies and browsers wait no longer. */
const answerTimeoutMs = 60_000
const keepAliveTimeoutMs = 65_000
/** How often connections are looked at that have not said enough in time; they may live longer by this much. */
const lookAtConnectionsMs = 5_000
/** A TLS handshake has to be over after this time. */
const handshakeTimeoutMs = 10_000
const headerBytesMax = 65_535
/** Connections of one listener: each costs a file descriptor, and some 20 kB when it is encrypted. */
const connectionsMax = 16_384
/** A stop goes on when no request has come for this long … */
const quietMs = 250
/** … and does not wait for that longer than this. */
const quietWaitMsMax = 2_000
const quietLookMs = 25
const connectionOptions = {
  maxHeaderSize: headerBytesMax,
  connectionsCheckingInterval: lookAtConnectionsMs,
}
const refusalHeaders = ['retry-after', '1', 'content-type', 'application/json']

export interface HttpServersDeps {
  readonly settings: HttpSettings
  readonly app: FastifyInstance
  /** Serves its part of the paths in the place of `app`. */
  readonly later?: LaterRouter
  /** Answers a request from memory before any other work on it. Returns false, and has done nothing, when it cannot. */
  readonly answersAtHand?: (request: IncomingMessage, response: ServerResponse) => boolean
  /** Requests that are mostly answered from memory at once, and go on beyond the bound. */
  readonly answersAtOnce?: (request: IncomingMessage) => boolean
  /** Told of every request. */
  readonly accessLog?: Pick<AccessLog, 'follow'> | undefined
  /** Told of each request that was refused before any work on it. */
  readonly onRefused?: (request: IncomingMessage) => void
  /** Told once a minute at most of a client that holds too many connections. */
  readonly onTooMany?: (network: string) => void
  /** One minute unless said otherwise. */
  readonly answerMsMax?: number
}

/**
 * The plain and the encrypted socket of the router, with load shedding and an orderly end. States: *serving*; *draining*,
 * which serves as before but ends each connection with its answer, so that clients move to another node; *closing*, which
 * takes no new connections, ends idle ones, and waits for the requests under way.
 */
export class HttpServers implements AsyncDisposable {
  readonly #deps: HttpServersDeps
  readonly #servers: Server[] = []
  /** What listens in their place where a proxy says whom it speaks for. */
  readonly #fronts: NetServer[] = []
  #tls: TlsMaterial | undefined
  readonly #answers: AnswerDeadlines
  readonly #admission: Admission
  readonly #connections: ConnectionsByAddress
  #draining = false
  /** By the monotonic clock. */
  #lastRequestAt = -Infinity

  constructor(deps: HttpServersDeps) {
    this.#deps = deps
    const answerMsMax = deps.answerMsMax ?? answerTimeoutMs
    this.#answers = new AnswerDeadlines({
      answerMsMax,
      refuse: (response) => {
        response.shouldKeepAlive = false
        refuse(response, 'No answer in time')
      },
    })
    this.#connections = new ConnectionsByAddress(deps)
    this.#admission = new Admission({
      requestsMax: deps.settings.requestsMax,
      answersAtOnce: deps.answersAtOnce,
      begin: (request, response) => this.#begin(request, response),
      refuse: (request, response, reason) => {
        refuse(response, reason)
        deps.onRefused?.(request)
      },
    })
  }

  /** Requests being worked on. */
  get active(): number {
    return this.#answers.waiting
  }

  /**
   * Opens the sockets that the settings name.
   * @returns their URLs, for the log
   * @throws the error of the socket (EADDRINUSE, EACCES) or of the certificate files
   */
  async listen(): Promise<string[]> {
    const { settings, app } = this.#deps
    await app.ready()
    const urls: string[] = []
    if (settings.enabled) {
      const server = createServer(connectionOptions, this.#take)
      urls.push(`http://${await this.#open(server, settings.host, settings.port)}`)
    }
    if (settings.tls !== undefined) {
      this.#tls = await TlsMaterial.load(settings.tls)
      const server = createTlsServer(
        { ...this.#tls.options, ...connectionOptions, handshakeTimeout: handshakeTimeoutMs },
        this.#take,
      )
      this.#tls.follow(server)
      urls.push(`https://${await this.#open(server, settings.host, settings.httpsPort)}`)
    }
    return urls
  }

  /** When the certificate in use ends, in milliseconds since the epoch; undefined without one. */
  get certificateEndsAtMs(): number | undefined {
    return this.#tls?.endsAtMs
  }

  /** Port of the plain listener, or of the encrypted one; for tests that let the system choose. */
  get port(): number {
    const [first] = [...this.#fronts, ...this.#servers]
    return (first?.address() as AddressInfo | null)?.port ?? 0
  }

  /**
   * From now on every answer ends its connection, so that clients move to another node. Idle connections stay: a request may
   * be on its way on any of them, and would be lost.
   */
  drain(): void {
    this.#draining = true
  }

  /**
   * Stops accepting and waits for the requests under way.
   * @param timeoutMs after which connections are cut
   */
  async close(timeoutMs: number): Promise<void> {
    this.drain()
    this.#tls?.[Symbol.dispose]()
    const deadline = performance.now() + timeoutMs
    await this.#untilQuiet(Math.min(quietWaitMsMax, timeoutMs / 2))
    // Right behind the turn in which arrived connections and requests were taken: nothing waits in the kernel now.
    await new Promise((resume) => setImmediate(resume))
    const fronts = this.#fronts.splice(0).map(closed)
    const ended = this.#servers.splice(0).map((server) => ({ server, over: closed(server) }))
    const timer = setTimeout(
      () => {
        for (const { server } of ended) server.closeAllConnections()
      },
      Math.max(0, deadline - performance.now()),
    )
    await Promise.all([...ended.map(({ over }) => over), ...fronts])
    clearTimeout(timer)
    this.#answers[Symbol.dispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close(0)
  }

  readonly #take = (request: IncomingMessage, response: ServerResponse): void => {
    this.#lastRequestAt = performance.now()
    if (this.#draining) response.shouldKeepAlive = false
    this.#deps.accessLog?.follow(request, response)
    if (
      this.#deps.settings.acceptNonNormalizedPaths !== true &&
      !isNormalized(request.url ?? '/')
    ) {
      response.writeHead(400, { 'content-type': 'application/json' })
      response.end(notNormalizedAnswer)
      return
    }
    if (this.#deps.answersAtHand?.(request, response) === true) return
    this.#admission.admit(request, response)
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const { app, later } = this.#deps
    this.#answers.begin(response)
    if (later?.serves(request)) later.route(request, response, refuseForNow)
    else app.routing(request, response)
  }

  /** Clients that still come are those that have not learnt of the end yet: they get their answer, and learn with it. */
  async #untilQuiet(waitMsMax: number): Promise<void> {
    const until = performance.now() + waitMsMax
    for (;;) {
      const now = performance.now()
      if (now >= until || now - this.#lastRequestAt >= quietMs) return
      await pause(quietLookMs)
    }
  }

  async #open(server: Server, host: string, port: number): Promise<string> {
    server.requestTimeout = requestTimeoutMs
    server.headersTimeout = headersTimeoutMs
    server.keepAliveTimeout = keepAliveTimeoutMs
    server.maxConnections = connectionsMax
    this.#connections.follow(server)
    const listening = this.#listeningFor(server)
    await new Promise<void>((resolve, reject) => {
      listening.once('error', reject)
      listening.listen({ host, port }, () => {
        listening.off('error', reject)
        resolve()
      })
    })
    this.#servers.push(server)
    return `${host.includes(':') ? `[${host}]` : host}:${(listening.address() as AddressInfo).port}`
  }

  /** The server itself, or what takes its connections where a proxy says whom it speaks for. */
  #listeningFor(server: Server): NetServer {
    if (this.#deps.settings.proxyProtocol !== true) return server
    const { front } = new ProxyProtocolListener(server)
    front.maxConnections = connectionsMax
    this.#fronts.push(front)
    return front
  }
}

function refuseForNow(response: ServerResponse): void {
  refuse(response, 'Not available for the moment')
}

/**
 * Costs little, since under overload most answers are refusals: headers as a list, of known length. The connection stays: to
 * open another one for the next try would cost more than all of this.
 */
function refuse(response: ServerResponse, reason: string): void {
  const text = JSON.stringify({ error: 'temporarily_unavailable', error_description: reason })
  const length = String(Buffer.byteLength(text))
  response.writeHead(503, [...refusalHeaders, 'content-length', length])
  response.end(text)
}

function closed(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
  })
}
