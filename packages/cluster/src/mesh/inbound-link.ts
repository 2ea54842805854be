import { Channel } from './channel.ts'
import { agreedVersion, type Envelope, type Hello } from './envelope.ts'
import type { MeshLimits } from './limits.ts'
import type { CastHandler, RequestHandler } from './mesh.ts'
import type { MeshTraffic } from './mesh-traffic.ts'
import type { MeshConnection } from './transport.ts'

export interface InboundLinkDeps {
  readonly limits: MeshLimits
  readonly traffic: MeshTraffic
  readonly hello: () => Hello
  /** @returns why the greeting is refused, or null */
  readonly admit: (hello: Hello, connection: MeshConnection) => string | null
  readonly requestHandler: (kind: string) => RequestHandler | undefined
  readonly castHandler: (kind: string) => CastHandler | undefined
  readonly onAdmitted: (node: string) => void
  readonly onRefused: (reason: string, remote: string) => void
  readonly onClosed: (link: InboundLink) => void
  readonly onHandlerFailed: (kind: string, error: unknown) => void
}

/** A connection that a member opened: answers its requests and takes its casts. */
export class InboundLink {
  readonly #deps: InboundLinkDeps
  readonly #connection: MeshConnection
  readonly #channel: Channel
  #from = ''
  #inflight = 0

  constructor(connection: MeshConnection, deps: InboundLinkDeps) {
    this.#deps = deps
    this.#connection = connection
    this.#channel = new Channel(connection.stream, deps.limits, deps.traffic, {
      onHello: (hello) => this.#greeted(hello),
      onEnvelope: (envelope) => this.#take(envelope),
      onClosed: (reason, fault) => {
        if (fault) deps.onRefused(reason, connection.remote)
        deps.onClosed(this)
      },
    })
  }

  /** The member at the other end; empty before it greeted. */
  get from(): string {
    return this.#from
  }

  close(reason: string): void {
    this.#channel.end(reason)
  }

  #greeted(theirs: Hello): void {
    const mine = this.#deps.hello()
    const version = agreedVersion(mine.proto, theirs.proto)
    const refusal =
      this.#deps.admit(theirs, this.#connection) ??
      (version === null ? 'no message version in common' : null)
    if (refusal !== null || version === null) {
      this.#deps.onRefused(`${refusal}`, this.#connection.remote)
      this.#channel.greet({ ...mine, refused: `${refusal}` })
      this.#channel.end('refused')
      return
    }
    this.#from = theirs.node
    this.#channel.greet(mine)
    this.#channel.open(version)
    this.#deps.onAdmitted(theirs.node)
  }

  #take(envelope: Envelope): void {
    if (envelope.t === 'request') void this.#answer(envelope)
    if (envelope.t !== 'cast') return
    try {
      this.#deps.castHandler(envelope.kind)?.(envelope.body, this.#from)
    } catch (error) {
      this.#deps.onHandlerFailed(envelope.kind, error)
    }
  }

  async #answer(request: Extract<Envelope, { t: 'request' }>): Promise<void> {
    const { id, kind, body } = request
    const { inflightRequestsMax } = this.#deps.limits
    this.#inflight += 1
    if (this.#inflight >= inflightRequestsMax) this.#channel.pause()
    this.#channel.send(await this.#outcome(id, kind, body))
    this.#inflight -= 1
    if (this.#inflight < inflightRequestsMax) this.#channel.resume()
  }

  async #outcome(id: number, kind: string, body: unknown): Promise<Envelope> {
    const handler = this.#deps.requestHandler(kind)
    if (handler === undefined) return { t: 'refusal', id, reason: 'unknown kind of request' }
    try {
      return { t: 'answer', id, body: (await handler(body, this.#from)) ?? null }
    } catch (error) {
      this.#deps.onHandlerFailed(kind, error)
      return { t: 'refusal', id, reason: 'the request failed' }
    }
  }
}
