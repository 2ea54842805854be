import {
  type CastHandler,
  type ClusterLogger,
  type Mesh,
  type MeshCounters,
  type MeshTrafficStatistics,
  type MeshTransport,
  type Node,
  type PeerStatus,
  PeerUnreachable,
  type RequestHandler,
  SocketMesh,
  type View,
} from '@holdfast/cluster'
import type { Clock } from '../shared/clock.ts'

/** A mesh with what the server does with it besides messages. */
export interface NodeMesh extends Mesh {
  listen(): Promise<void>
  /** Takes over the members of a view. */
  follow(self: Node, view: View): void
  /** Whether every other member reaches this node. */
  hearsAll(): boolean
  peers(): PeerStatus[]
  readonly counters: Readonly<MeshCounters>
  /** What has been sent and received; null when the node listens nowhere. */
  measured(): MeshMeasures | null
  close(): Promise<void>
}

/** What a node's connections to others have carried. */
export interface MeshMeasures {
  readonly traffic: MeshTrafficStatistics
  readonly openConnections: number
}

export interface NodeMeshDeps {
  readonly cluster: string
  readonly transport: MeshTransport
  readonly clock: Clock
  readonly log: ClusterLogger
  readonly onStranger: (node: string) => void
}

/** A mesh over sockets that follows the view. Members are dialled at their external address where they have one. */
export function socketNodeMesh(deps: NodeMeshDeps): NodeMesh {
  const mesh = new SocketMesh({
    cluster: deps.cluster,
    transport: deps.transport,
    log: deps.log,
    now: () => deps.clock.monotonic(),
    random: Math.random,
    onStranger: deps.onStranger,
  })
  return Object.assign(mesh, {
    follow(self: Node, view: View): void {
      const peers = view.members.map((member) => ({
        ...member,
        addr: member.extAddr ?? member.addr,
      }))
      mesh.setMembers(self, peers)
    },
    measured: () => ({ traffic: mesh.traffic(), openConnections: mesh.openConnections() }),
  })
}

/** The mesh of a node that listens nowhere: nobody can be reached, and every change is found in the log. */
export class AloneMesh implements NodeMesh {
  readonly counters = {
    refusedConnections: 0,
    otherClusters: 0,
    otherVersions: 0,
    failedProbes: 0,
    droppedCasts: 0,
  }
  #others = 0

  async listen(): Promise<void> {
    // There is nothing to listen on.
  }

  follow(self: Node, view: View): void {
    this.#others = view.members.filter(({ id }) => id !== self.id).length
  }

  request(to: string): Promise<unknown> {
    return Promise.reject(new PeerUnreachable(to))
  }

  cast(_kind: string, _body: unknown): void {
    // Nobody is reachable.
  }

  reachable(): boolean {
    return false
  }

  reachesAll(): boolean {
    return this.#others === 0
  }

  hearsAll(): boolean {
    return this.#others === 0
  }

  onRequest(_kind: string, _handler: RequestHandler): void {
    // Nobody can ask.
  }

  onCast(_kind: string, _handler: CastHandler): void {
    // Nobody can tell.
  }

  peers(): PeerStatus[] {
    return []
  }

  measured(): null {
    return null
  }

  async close(): Promise<void> {
    // There is nothing to close.
  }
}
