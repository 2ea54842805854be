import { type ClusterLogger, Complaints } from './complaints.ts'
import { type Hello, protocolRange } from './envelope.ts'
import { InboundLink } from './inbound-link.ts'
import { type MeshLimits, meshLimits } from './limits.ts'
import {
  type CastHandler,
  type Mesh,
  type MeshPeer,
  type PeerStatus,
  PeerUnreachable,
  type RequestHandler,
} from './mesh.ts'
import { MeshTraffic, type MeshTrafficStatistics } from './mesh-traffic.ts'
import { PeerLink } from './peer-link.ts'
import { Prober } from './prober.ts'
import type { MeshConnection, MeshTransport } from './transport.ts'

export interface SocketMeshDeps {
  readonly cluster: string
  readonly transport: MeshTransport
  readonly log: ClusterLogger
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly limits?: MeshLimits
  /** Called when a node greets that the view does not hold (yet): worth re-reading the view. */
  readonly onStranger?: (node: string) => void
}

/** Counted since the start, for metrics. */
export interface MeshCounters {
  refusedConnections: number
  /** Of these: of another cluster, and without a message version in common. */
  otherClusters: number
  otherVersions: number
  failedProbes: number
  droppedCasts: number
}

const pingKind = 'mesh.ping'
const probeKind = 'mesh.probe'

/**
 * The mesh over sockets. Every node opens one connection to every other member for its own requests and casts, and
 * answers on those that the others opened to it. Members come from the view alone (`setMembers`).
 */
export class SocketMesh implements Mesh {
  readonly counters: MeshCounters = {
    refusedConnections: 0,
    otherClusters: 0,
    otherVersions: 0,
    failedProbes: 0,
    droppedCasts: 0,
  }
  readonly #deps: SocketMeshDeps
  readonly #limits: MeshLimits
  readonly #complaints: Complaints
  readonly #traffic = new MeshTraffic()
  readonly #links = new Map<string, PeerLink>()
  readonly #inbound = new Set<InboundLink>()
  readonly #requestHandlers = new Map<string, RequestHandler>()
  readonly #castHandlers = new Map<string, CastHandler>()
  readonly #reachabilityListeners: ((id: string, reachable: boolean) => void)[] = []
  readonly #prober: Prober
  /** When each member's last probe arrived here, by the monotonic clock. */
  readonly #heardAt = new Map<string, number>()
  #self: MeshPeer = { id: '', incarnation: 0, name: '', addr: null }

  constructor(deps: SocketMeshDeps) {
    this.#deps = deps
    this.#limits = deps.limits ?? meshLimits
    this.#complaints = new Complaints(deps.log, this.#limits.complaintIntervalMs, deps.now)
    this.#prober = new Prober({
      limits: this.#limits,
      random: deps.random,
      ping: (peer, deadlineMs) => this.request(peer, pingKind, null, deadlineMs),
      probeThrough: async (via, peer, deadlineMs) =>
        (await this.request(via, probeKind, { peer }, deadlineMs)) === true,
      reachablePeers: () => [...this.#links.keys()].filter((id) => this.reachable(id)),
      onMissed: (peer) => {
        this.counters.failedProbes += 1
        this.#links.get(peer)?.hurry()
      },
      onChange: (peer, reachable) => this.#reachabilityChanged(peer, reachable),
      onUnreachable: (peer, through) => this.#reportUnreachable(peer, through),
      onRecovered: (peer) => this.#reportRecovered(peer),
    })
    this.onRequest(pingKind, (_body, from) => {
      this.#heardAt.set(from, deps.now())
      return true
    })
    this.onRequest(probeKind, (body) => this.#probeFor(body))
  }

  /** @throws ListenRefused */
  async listen(): Promise<void> {
    await this.#deps.transport.listen(
      (connection) => this.#accept(connection),
      (reason, remote) => this.#refused(reason, remote),
    )
  }

  /** Takes over a view: opens links to new members and closes those to members that are gone. */
  setMembers(self: MeshPeer, others: readonly MeshPeer[]): void {
    this.#self = self
    const wanted = new Map(others.filter((peer) => peer.id !== self.id).map((p) => [p.id, p]))
    for (const [id, link] of this.#links) {
      const peer = wanted.get(id)
      const same = peer?.incarnation === link.peer.incarnation && peer.addr === link.peer.addr
      if (!same) this.#drop(id, 'left the view')
    }
    for (const inbound of this.#inbound) {
      if (inbound.from !== '' && !wanted.has(inbound.from)) inbound.close('left the view')
    }
    for (const peer of wanted.values()) {
      if (!this.#links.has(peer.id) && peer.addr !== null) this.#connect(peer)
    }
  }

  request(to: string, kind: string, body: unknown, deadlineMs?: number): Promise<unknown> {
    const link = this.#links.get(to)
    if (link === undefined) return Promise.reject(new PeerUnreachable(to))
    return link.request(kind, body, deadlineMs ?? this.#limits.requestDeadlineMs)
  }

  cast(kind: string, body: unknown): void {
    for (const id of this.#links.keys()) this.castTo(id, kind, body)
  }

  /** A cast to one member. */
  castTo(to: string, kind: string, body: unknown): void {
    if (this.#links.get(to)?.cast(kind, body) !== true) this.counters.droppedCasts += 1
  }

  reachable(id: string): boolean {
    return this.#links.get(id)?.isOpen === true && this.#prober.answers(id)
  }

  reachesAll(): boolean {
    return [...this.#links.keys()].every((id) => this.reachable(id))
  }

  /**
   * Whether every other member reaches this node: its probes arrive. A cut may go one way only, and then what this node
   * sends arrives while nothing reaches it.
   */
  hearsAll(): boolean {
    const { probeIntervalMs, probeTimeoutMs } = this.#limits
    const since = this.#deps.now() - 2 * probeIntervalMs - probeTimeoutMs
    return [...this.#links.keys()].every((id) => (this.#heardAt.get(id) ?? 0) > since)
  }

  onRequest(kind: string, handler: RequestHandler): void {
    this.#requestHandlers.set(kind, handler)
  }

  onCast(kind: string, handler: CastHandler): void {
    this.#castHandlers.set(kind, handler)
  }

  /** Registers a listener of changes of `reachable`. */
  onReachability(listener: (id: string, reachable: boolean) => void): void {
    this.#reachabilityListeners.push(listener)
  }

  /** How every other member looks from here. */
  peers(): PeerStatus[] {
    return [...this.#links.values()].map((link) => ({
      id: link.peer.id,
      name: link.peer.name,
      address: link.peer.addr,
      lastError: link.lastError,
      ...this.#prober.statusOf(link.peer.id, link.isOpen),
    }))
  }

  /** Connections that are open now: to members, and from members. */
  openConnections(): number {
    const outgoing = [...this.#links.values()].filter((link) => link.isOpen)
    return outgoing.length + [...this.#inbound].filter(({ from }) => from !== '').length
  }

  traffic(): MeshTrafficStatistics {
    return this.#traffic.statistics()
  }

  async close(): Promise<void> {
    await this.#deps.transport.close()
    for (const id of [...this.#links.keys()]) this.#drop(id, 'this node stops')
    for (const inbound of [...this.#inbound]) inbound.close('this node stops')
  }

  #connect(peer: MeshPeer): void {
    const link = new PeerLink({
      peer,
      transport: this.#deps.transport,
      limits: this.#limits,
      traffic: this.#traffic,
      random: this.#deps.random,
      hello: () => this.#hello(),
      onOpen: () => this.#prober.probeNow(peer.id),
      onDown: () => this.#prober.lost(peer.id),
    })
    this.#links.set(peer.id, link)
    this.#prober.add(peer.id)
    link.start()
  }

  #drop(id: string, reason: string): void {
    const wasReachable = this.reachable(id)
    this.#links.get(id)?.stop(reason)
    this.#links.delete(id)
    this.#heardAt.delete(id)
    this.#prober.remove(id)
    if (wasReachable) this.#reachabilityChanged(id, false)
  }

  #hello(): Hello {
    return {
      magic: 'holdfast',
      cluster: this.#deps.cluster,
      node: this.#self.id,
      incarnation: this.#self.incarnation,
      proto: [protocolRange.min, protocolRange.max],
    }
  }

  #accept(connection: MeshConnection): void {
    const link = new InboundLink(connection, {
      limits: this.#limits,
      traffic: this.#traffic,
      hello: () => this.#hello(),
      admit: (hello, from) => this.#refusal(hello, from),
      requestHandler: (kind) => this.#requestHandlers.get(kind),
      castHandler: (kind) => this.#castHandlers.get(kind),
      // A member that reached this node is likely to be reachable again too.
      onAdmitted: (node) => this.#links.get(node)?.hurry(),
      onRefused: (reason, remote) => this.#refused(reason, remote),
      onClosed: (closed) => this.#inbound.delete(closed),
      onHandlerFailed: (kind, err) =>
        this.#complaints.warn(
          `handler ${kind}`,
          { err, kind },
          'A cluster message was not handled',
        ),
    })
    this.#inbound.add(link)
  }

  #refusal(hello: Hello, connection: MeshConnection): string | null {
    if (hello.cluster !== this.#deps.cluster) return 'another cluster'
    if (connection.provenNode !== 'any' && connection.provenNode !== hello.node) {
      return 'the certificate names another node'
    }
    const member = this.#links.get(hello.node)?.peer
    if (member === undefined || member.incarnation < hello.incarnation) {
      this.#deps.onStranger?.(hello.node)
      return 'not in the view'
    }
    return member.incarnation > hello.incarnation ? 'an earlier incarnation' : null
  }

  #refused(reason: string, remote: string): void {
    // Between a join and the next look at the view every member is a stranger for a moment.
    if (reason === 'not in the view') {
      this.#deps.log.debug({ remote }, 'A node that is not in the view wanted to connect')
      return
    }
    this.counters.refusedConnections += 1
    if (/another cluster$/.test(reason)) this.counters.otherClusters += 1
    if (/version/.test(reason)) this.counters.otherVersions += 1
    const fields = { remote, reason }
    // Numbers are the peer's own: by varying them it must not fill the log.
    const subject = `refused ${reason.replace(/\d+/g, '#')}`
    this.#complaints.warn(subject, fields, `Refused a cluster connection: ${reason}`)
  }

  async #probeFor(body: unknown): Promise<boolean> {
    const peer = (body as { peer?: unknown } | null)?.peer
    if (typeof peer !== 'string') return false
    return this.request(peer, pingKind, null, this.#limits.probeTimeoutMs).then(
      () => true,
      () => false,
    )
  }

  #reachabilityChanged(id: string, reachable: boolean): void {
    for (const listener of this.#reachabilityListeners) listener(id, reachable)
  }

  #reportUnreachable(id: string, through: string | null): void {
    const link = this.#links.get(id)
    if (link === undefined) return
    const { name, addr } = link.peer
    const fields = { peer: name, address: addr, error: link.lastError, aliveThrough: through }
    const others = through === null ? 'nor can others' : 'but another member can'
    this.#complaints.warn(
      `unreachable ${id}`,
      fields,
      `Cannot reach cluster member ${name} at ${addr}, ${others}`,
    )
    // A connection that stays open and answers nothing is worth less than a new one.
    link.reset('it does not answer')
  }

  #reportRecovered(id: string): void {
    const peer = this.#links.get(id)?.peer
    this.#deps.log.info(
      { peer: peer?.name, address: peer?.addr },
      'A cluster member is reachable again',
    )
  }
}
