import { type ChaosCluster, databasePort } from './chaos-cluster.ts'
import type { History } from './history.ts'
import { now, pause } from './run-clock.ts'

/** Something that happens to a cluster for a time. */
export interface Fault {
  readonly name: string
  readonly lastsMs: number
  /** Whether the victim can reach less than it needs, so that five seconds and then 503 are allowed there. */
  readonly cutsOff?: boolean
  /** Whether a client that asks a second node must not notice more than a second of silence. */
  readonly boundsSilence?: boolean
  /** Whether no node can serve anybody while it lasts. */
  readonly everybody?: boolean
  begin(cluster: ChaosCluster, history: History): Promise<void> | void
  end(cluster: ChaosCluster, history: History): Promise<void> | void
}

export const nothing: Fault = {
  name: 'no fault',
  lastsMs: 8_000,
  boundsSilence: true,
  begin: () => undefined,
  end: () => undefined,
}

export const killedNode: Fault = {
  name: 'node killed (SIGKILL)',
  lastsMs: 8_000,
  cutsOff: true,
  boundsSilence: true,
  begin: ({ victim }) => victim.kill(),
  // What a process needs to start is not what a fault costs.
  async end({ victim }) {
    await victim.start()
    await victim.untilReady()
  },
}

/** @param lastsMs how long the node stands still */
export function frozenNode(lastsMs: number): Fault {
  return {
    name: `node frozen ${lastsMs / 1_000} s (SIGSTOP)`,
    lastsMs,
    cutsOff: true,
    boundsSilence: true,
    begin: ({ victim }) => victim.signal('SIGSTOP'),
    end: ({ victim }) => victim.signal('SIGCONT'),
  }
}

/** Nothing but the messages between nodes is gone: no more time is allowed than without a fault. */
export const cutMesh: Fault = {
  name: 'mesh cut, database in reach',
  lastsMs: 12_000,
  boundsSilence: true,
  begin: (cluster) => dropMesh(cluster, ['in', 'out']),
  end: clear,
}

export const cutMeshOneWay: Fault = {
  name: 'mesh cut in one direction',
  lastsMs: 12_000,
  boundsSilence: true,
  begin: (cluster) => dropMesh(cluster, ['in']),
  end: clear,
}

export const cutDatabase: Fault = {
  name: 'database cut, mesh up',
  lastsMs: 14_000,
  cutsOff: true,
  begin: (cluster) => dropDatabase(cluster, ['in', 'out']),
  end: clear,
}

export const cutDatabaseAnswers: Fault = {
  name: 'database hears the node, answers vanish',
  lastsMs: 14_000,
  cutsOff: true,
  begin: (cluster) => dropDatabase(cluster, ['in']),
  end: clear,
}

export const cutDatabaseRequests: Fault = {
  name: 'database does not hear the node',
  lastsMs: 14_000,
  cutsOff: true,
  begin: (cluster) => dropDatabase(cluster, ['out']),
  end: clear,
}

export const cutEverything: Fault = {
  name: 'mesh and database cut',
  lastsMs: 14_000,
  cutsOff: true,
  begin(cluster) {
    dropMesh(cluster, ['in', 'out'])
    dropDatabase(cluster, ['in', 'out'])
  },
  end: clear,
}

/** A bad network: packets get lost on the way to and from one node, and everybody's database is further away. */
export const lossAndDelay: Fault = {
  name: '5 % loss at one node, 20 ms to the database',
  lastsMs: 12_000,
  begin(cluster) {
    cluster.relay.delayMs = 10
    for (const direction of ['in', 'out'] as const) {
      cluster.victim.firewall.drop({
        direction,
        peer: cluster.lab.testAddress,
        peerPort: databasePort,
        share: 0.05,
      })
      for (const { host } of cluster.others) {
        cluster.victim.firewall.drop({ direction, peer: host.address, share: 0.05 })
      }
    }
  },
  end(cluster) {
    cluster.relay.delayMs = 0
    clear(cluster)
  },
}

export const databaseCrash: Fault = {
  name: 'PostgreSQL gone for 8 s',
  lastsMs: 8_000,
  everybody: true,
  cutsOff: true,
  begin: ({ postgres }) => postgres.kill(),
  end: ({ postgres }) => postgres.restart(),
}

/** The standby has not received the last seconds when it is promoted: they are lost, as far as clients were told of them. */
export const laggingPromotion: Fault = {
  name: 'standby 4 s behind promoted after 4 s without database',
  lastsMs: 4_000,
  everybody: true,
  cutsOff: true,
  async begin({ postgres }) {
    await postgres.lag()
    await pause(4_000)
    await postgres.kill()
  },
  async end({ postgres, relay }, history) {
    const from = await postgres.promote()
    history.lostTail = { from, until: now() }
    relay.moveTo(postgres.port)
  },
}

export const restartedPooler: Fault = {
  name: 'PgBouncer gone for 3 s',
  lastsMs: 3_000,
  everybody: true,
  cutsOff: true,
  begin: ({ pgBouncer }) => pgBouncer?.kill(),
  end: ({ pgBouncer }) => pgBouncer?.restart(),
}

export const wrongClock: Fault = {
  name: 'clock of one node 5 minutes ahead',
  lastsMs: 15_000,
  begin: (cluster) => cluster.setClock(300),
  end: (cluster) => cluster.setClock(0),
}

function dropMesh(cluster: ChaosCluster, directions: readonly ('in' | 'out')[]): void {
  for (const direction of directions) {
    for (const { host } of cluster.others) {
      cluster.victim.firewall.drop({ direction, peer: host.address })
    }
  }
}

function dropDatabase(cluster: ChaosCluster, directions: readonly ('in' | 'out')[]): void {
  for (const direction of directions) {
    cluster.victim.firewall.drop({
      direction,
      peer: cluster.lab.testAddress,
      peerPort: databasePort,
    })
  }
}

function clear({ victim }: ChaosCluster): void {
  victim.firewall.clear()
}
