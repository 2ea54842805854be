import { degradeLine, restoreLine } from './bad-line.ts'
import { type ChaosCluster, databasePort } from './chaos-cluster.ts'
import { absentIn, tracesOf } from './commit-traces.ts'
import type { History } from './history.ts'
import { pause } from './run-clock.ts'

/** Something that happens to a cluster for a time. */
export interface Fault {
  readonly name: string
  readonly lastsMs: number
  /**
   * What the victim is cut off from: five seconds are allowed there. `database`: afterwards it must answer 503. `clients`:
   * it does not run, and nobody hears anything of it.
   */
  readonly cutsOff?: 'database' | 'clients'
  /** Whether no node can serve anybody while it lasts. */
  readonly everybody?: boolean
  begin(cluster: ChaosCluster, history: History): Promise<void> | void
  end(cluster: ChaosCluster, history: History): Promise<void> | void
}

export const nothing: Fault = {
  name: 'no fault',
  lastsMs: 8_000,
  begin: () => undefined,
  end: () => undefined,
}

export const killedNode: Fault = {
  name: 'node killed (SIGKILL)',
  lastsMs: 8_000,
  cutsOff: 'clients',
  begin: ({ victim }) => victim.kill(),
  end: ({ victim }) => victim.start(),
}

/** @param lastsMs how long the node stands still */
export function frozenNode(lastsMs: number): Fault {
  return {
    name: `node frozen ${lastsMs / 1_000} s (SIGSTOP)`,
    lastsMs,
    cutsOff: 'clients',
    begin: ({ victim }) => victim.signal('SIGSTOP'),
    end: ({ victim }) => victim.signal('SIGCONT'),
  }
}

/** Nothing but the messages between nodes is gone: no more time is allowed than without a fault. */
export const cutMesh: Fault = {
  name: 'mesh cut, database in reach',
  lastsMs: 12_000,
  begin: (cluster) => dropMesh(cluster, ['in', 'out']),
  end: clear,
}

export const cutMeshOneWay: Fault = {
  name: 'mesh cut in one direction',
  lastsMs: 12_000,
  begin: (cluster) => dropMesh(cluster, ['in']),
  end: clear,
}

export const cutDatabase: Fault = {
  name: 'database cut, mesh up',
  lastsMs: 14_000,
  cutsOff: 'database',
  begin: (cluster) => dropDatabase(cluster, ['in', 'out']),
  end: clear,
}

export const cutDatabaseAnswers: Fault = {
  name: 'database hears the node, answers vanish',
  lastsMs: 14_000,
  cutsOff: 'database',
  begin: (cluster) => dropDatabase(cluster, ['in']),
  end: clear,
}

export const cutDatabaseRequests: Fault = {
  name: 'database does not hear the node',
  lastsMs: 14_000,
  cutsOff: 'database',
  begin: (cluster) => dropDatabase(cluster, ['out']),
  end: clear,
}

export const cutEverything: Fault = {
  name: 'mesh and database cut',
  lastsMs: 14_000,
  cutsOff: 'database',
  begin(cluster) {
    dropMesh(cluster, ['in', 'out'])
    dropDatabase(cluster, ['in', 'out'])
  },
  end: clear,
}

/**
 * A bad network at one node: `tc netem` on its whole line; in a kernel without it, packets to and from the database and
 * the other nodes get lost, and everybody's database is further away.
 */
export const lossAndDelay: Fault = {
  name: '5 % loss at one node, 20 ms to the database',
  lastsMs: 12_000,
  begin(cluster) {
    if (degradeLine(cluster.victim.host, { lossPercent: 5, delayMs: 10 })) return
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
    restoreLine(cluster.victim.host)
    cluster.relay.delayMs = 0
    clear(cluster)
  },
}

export const databaseCrash: Fault = {
  name: 'PostgreSQL gone for 8 s',
  lastsMs: 8_000,
  everybody: true,
  cutsOff: 'database',
  begin: ({ postgres }) => postgres.kill(),
  end: ({ postgres }) => postgres.restart(),
}

/** The standby has not received the last seconds when it is promoted: they are lost, as far as clients were told of them. */
export const laggingPromotion: Fault = {
  name: 'standby 4 s behind promoted after 4 s without database',
  lastsMs: 4_000,
  everybody: true,
  cutsOff: 'database',
  async begin({ postgres }) {
    await postgres.lag()
    await pause(4_000)
    await postgres.kill()
  },
  async end({ postgres, relay }, history) {
    const traces = tracesOf(history)
    await postgres.promote()
    // Before any node writes to it.
    const missing = await absentIn(postgres.url('postgres'), traces)
    relay.moveTo(postgres.port)
    const neverThere = await postgres.withFormer((url) => absentIn(url, traces))
    const lost = new Set(missing.filter((trace) => !neverThere.includes(trace)))
    history.promotion = { at: postgres.endedAt, lost, neverThere }
  },
}

export const restartedPooler: Fault = {
  name: 'PgBouncer gone for 3 s',
  lastsMs: 3_000,
  everybody: true,
  cutsOff: 'database',
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
