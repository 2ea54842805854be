/** A member of the cluster: one server process. */
export interface Node {
  /** A UUID made at the start of the process. */
  readonly id: string
  /** Grows with every join of this node; a lease belongs to one incarnation. */
  readonly incarnation: number
  /** For people and log lines: `host-12345`. */
  readonly name: string
  /** Where its mesh listens: `host:port`, `[ipv6]:port`, `unix:/path`; null without a mesh. */
  readonly addr: string | null
  /** The address for peers behind address translation, when it differs. */
  readonly extAddr: string | null
  readonly site: string | null
  readonly rack: string | null
  readonly machine: string | null
  /** The product's version, for people. */
  readonly version: string
  /** The range of mesh protocol versions it speaks. */
  readonly protoMin: number
  readonly protoMax: number
  /** Order of joining; the lowest is the coordinator. */
  readonly ord: number
}

/** What a node says of itself before it has joined. */
export type NodeProfile = Omit<Node, 'incarnation' | 'ord'>

/** Who is in, as the database says. Named by `id` and `tag`, for a failover may use an id twice. */
export interface View {
  readonly id: number
  readonly tag: number
  /** Ascending by `ord`. */
  readonly members: readonly Node[]
  /** Id of the oldest member; empty when there is none. */
  readonly coordinator: string
}

/** How often a member has said that it lives. */
export interface NodeBeat {
  readonly nodeId: string
  readonly incarnation: number
  readonly beat: number
}

/** What the rest of a server sees of the cluster's membership. */
export interface Membership {
  /** This node, as it joined last. */
  readonly self: Node
  view(): View
  /** Called with each new view, and with why it came. */
  onView(handler: (view: View, why: string) => void): void
  /** Whether this node may act as a member: its last heartbeat was sent less than 9 s ago. */
  leaseValid(): boolean
  /** Leaves the view at once; for shutdown. */
  leave(): Promise<void>
}

/** @returns a view whose members are in order. */
export function viewOf(id: number, tag: number, members: readonly Node[]): View {
  const ordered = [...members].sort((a, b) => a.ord - b.ord)
  return { id, tag, members: ordered, coordinator: ordered[0]?.id ?? '' }
}

/** The line that log scrapers of Keycloak look for (Infinispan's ISPN000094). */
export function viewLine(view: View, channel = 'ISPN'): string {
  const names = view.members.map((member) => member.name)
  return (
    `ISPN000094: Received new cluster view for channel ${channel}: ` +
    `[${names[0] ?? ''}|${view.id}] (${names.length}) [${names.join(', ')}]`
  )
}
