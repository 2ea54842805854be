import { Channel } from './channel.ts'
import { agreedVersion, type Envelope, type Hello } from './envelope.ts'
import type { MeshLimits } from './limits.ts'
import { type MeshPeer, PeerRefused, PeerTimeout, PeerUnreachable } from './mesh.ts'
import type { MeshTraffic } from './mesh-traffic.ts'
import type { MeshTransport } from './transport.ts'

export interface PeerLinkDeps {
  readonly peer: MeshPeer
  readonly transport: MeshTransport
  readonly limits: MeshLimits
  readonly traffic: MeshTraffic
  /** What this node says of itself; asked anew at each connection. */
  readonly hello: () => Hello
  /** Uniform in [0, 1): spreads reconnects. */
  readonly random: () => number
  readonly onOpen: () => void
  readonly onDown: (reason: string) => void
}

interface Pending {
  readonly resolve: (body: unknown) => void
  readonly reject: (error: Error) => void
  readonly timer: NodeJS.Timeout
}

/**
 * This node's own connection to one member, for its requests and casts; the member's requests come over the connection
 * that it opened itself. State machine: dialling → greeting → open → waiting (exponential back-off with jitter) →
 * dialling …, until `stop`.
 */
export class PeerLink {
  readonly #deps: PeerLinkDeps
  readonly #pending = new Map<number, Pending>()
  #channel: Channel | null = null
  #open = false
  #stopped = false
  #failures = 0
  #nextId = 1
  #retry: NodeJS.Timeout | null = null
  #lastError: string | null = null

  constructor(deps: PeerLinkDeps) {
    this.#deps = deps
  }

  get peer(): MeshPeer {
    return this.#deps.peer
  }

  get isOpen(): boolean {
    return this.#open
  }

  get lastError(): string | null {
    return this.#lastError
  }

  start(): void {
    void this.#dial()
  }

  /** Dials at once if it waits for its next try: something says that the peer is back. */
  hurry(): void {
    if (this.#retry === null) return
    clearTimeout(this.#retry)
    this.#retry = null
    void this.#dial()
  }

  stop(reason: string): void {
    this.#stopped = true
    if (this.#retry !== null) clearTimeout(this.#retry)
    this.#retry = null
    this.#channel?.end(reason)
    this.#failPending()
  }

  /** Closes a connection that does not answer, so that the next one is tried. */
  reset(reason: string): void {
    this.#channel?.close(reason)
  }

  /** @throws PeerUnreachable, PeerTimeout, PeerRefused */
  request(kind: string, body: unknown, deadlineMs: number): Promise<unknown> {
    const { id: peer } = this.#deps.peer
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      if (!this.#open || this.#channel?.send({ t: 'request', id, kind, body }) !== true) {
        reject(new PeerUnreachable(peer))
        return
      }
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new PeerTimeout(peer, deadlineMs))
      }, deadlineMs)
      this.#pending.set(id, { resolve, reject, timer })
    })
  }

  /** @returns whether it was handed to the connection */
  cast(kind: string, body: unknown): boolean {
    return this.#open && this.#channel?.send({ t: 'cast', kind, body }) === true
  }

  async #dial(): Promise<void> {
    const { transport, peer, limits, traffic } = this.#deps
    let connection: Awaited<ReturnType<MeshTransport['connect']>>
    try {
      connection = await transport.connect(peer, limits.connectTimeoutMs)
    } catch (error) {
      this.#down((error as Error).message)
      return
    }
    if (this.#stopped) {
      connection.stream.destroy()
      return
    }
    const channel = new Channel(connection.stream, limits, traffic, {
      onHello: (hello) => this.#greeted(hello),
      onEnvelope: (envelope) => this.#answered(envelope),
      onClosed: (reason) => this.#down(reason),
    })
    this.#channel = channel
    channel.greet(this.#deps.hello())
  }

  #greeted(theirs: Hello): void {
    const mine = this.#deps.hello()
    const version = agreedVersion(mine.proto, theirs.proto)
    const channel = this.#channel as Channel
    const refusal = this.#refusal(mine, theirs)
    if (refusal !== null || version === null) {
      channel.close(refusal ?? 'no message version in common')
      return
    }
    channel.open(version)
    this.#open = true
    this.#failures = 0
    this.#lastError = null
    this.#deps.onOpen()
  }

  #refusal(mine: Hello, theirs: Hello): string | null {
    if (theirs.refused !== undefined) return `refused: ${theirs.refused}`
    if (theirs.cluster !== mine.cluster) return 'it is of another cluster'
    return theirs.node === this.#deps.peer.id ? null : 'another node answers there'
  }

  #answered(envelope: Envelope): void {
    if (envelope.t !== 'answer' && envelope.t !== 'refusal') return
    const pending = this.#pending.get(envelope.id)
    if (pending === undefined) return
    this.#pending.delete(envelope.id)
    clearTimeout(pending.timer)
    if (envelope.t === 'answer') pending.resolve(envelope.body)
    else pending.reject(new PeerRefused(this.#deps.peer.id, envelope.reason))
  }

  #down(reason: string): void {
    this.#open = false
    this.#channel = null
    this.#lastError = reason
    this.#failPending()
    if (this.#stopped) return
    this.#retry = setTimeout(() => {
      this.#retry = null
      void this.#dial()
    }, this.#backOffMs())
    this.#failures += 1
    this.#deps.onDown(reason)
  }

  /** Doubles per failure up to the limit; a random half of it spreads nodes that lost each other at one moment. */
  #backOffMs(): number {
    const { reconnectMinMs, reconnectMaxMs } = this.#deps.limits
    const ceiling = Math.min(reconnectMaxMs, reconnectMinMs * 2 ** Math.min(this.#failures, 16))
    return ceiling / 2 + (ceiling / 2) * this.#deps.random()
  }

  #failPending(): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(new PeerUnreachable(this.#deps.peer.id))
    }
    this.#pending.clear()
  }
}
