/** What the mesh needs to know of a member; every `Node` of a `View` fits. */
export interface MeshPeer {
  readonly id: string
  readonly incarnation: number
  readonly name: string
  /** Where it listens: `host:port`, `[ipv6]:port`, `unix:/path`, or null when it has no mesh. */
  readonly addr: string | null
}

/** Answers a request of a peer. What it throws reaches the caller as PeerRefused, without detail. */
export type RequestHandler = (body: unknown, from: string) => unknown

/** Receives a cast. */
export type CastHandler = (body: unknown, from: string) => void

/**
 * Messages between the members of a view. They are hints: nothing is right because a message arrived, and nothing is
 * wrong because one was lost (cluster.md §1, rule 6). Bodies are JSON values that hold ids and counters.
 */
export interface Mesh {
  /**
   * Asks one member and waits for its answer.
   * @param deadlineMs the longest wait; 50 ms unless the caller waits for acknowledgements
   * @throws PeerUnreachable, PeerTimeout, PeerRefused
   */
  request(to: string, kind: string, body: unknown, deadlineMs?: number): Promise<unknown>
  /** Tells every reachable member; never waits, never throws. */
  cast(kind: string, body: unknown): void
  /** Whether the last probe of this member succeeded. Never a reason to evict it. */
  reachable(id: string): boolean
  /** Whether every other member of the view is reachable; true when there is none. */
  reachesAll(): boolean
  /** Registers the one handler of a kind of request. */
  onRequest(kind: string, handler: RequestHandler): void
  /** Registers the one handler of a kind of cast. */
  onCast(kind: string, handler: CastHandler): void
}

/** How one member looks from here: for the health check, metrics and log lines. */
export interface PeerStatus {
  readonly id: string
  readonly name: string
  readonly address: string | null
  readonly state: 'connecting' | 'reachable' | 'suspect' | 'unreachable'
  /** Probes in a row that had no answer. */
  readonly missedProbes: number
  /** A member that could reach it when this node could not. */
  readonly aliveThrough: string | null
  readonly lastError: string | null
}

/** No usable connection to the member, or it broke before the answer. */
export class PeerUnreachable extends Error {
  constructor(peer: string) {
    super(`cluster member ${peer} is not reachable`)
  }
}

/** The answer did not come before the deadline. */
export class PeerTimeout extends Error {
  constructor(peer: string, deadlineMs: number) {
    super(`cluster member ${peer} did not answer within ${deadlineMs} ms`)
  }
}

/** The member answered that it cannot or will not do this. */
export class PeerRefused extends Error {
  readonly reason: string

  constructor(peer: string, reason: string) {
    super(`cluster member ${peer} refused: ${reason}`)
    this.reason = reason
  }
}
