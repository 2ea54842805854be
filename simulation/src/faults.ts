import { writeRecord } from './cached-records.ts'
import type { DatabaseServer } from './database-server.ts'
import type { SimulatedNode } from './simulated-node.ts'
import { leaveView } from './view-changes.ts'
import type { World } from './world.ts'

/** Begins a fault. Each ends by itself. */
type Fault = (world: World, faults: Faults) => void

/** What faults need of the run. */
export interface Faults {
  /** Starts another node. */
  startNode(): SimulatedNode
}

function during(world: World, ms: number, what: string, begin: () => void, end: () => void): void {
  world.note('fault', () => `${what} for ${(ms / 1000).toFixed(1)} s`)
  begin()
  world.scheduler.after(ms, () => {
    end()
    world.note('fault', () => `${what}: over`)
  })
}

function anyNode(world: World): SimulatedNode | undefined {
  const up = world.nodes.filter((node) => node.up)
  return up.length > 0 ? world.dice.pick(up) : undefined
}

const meshTrouble: Fault = (world) => {
  const { faults } = world.network
  const { dice } = world
  const loss = dice.chance(0.5) ? dice.between(0.1, 0.9) : 0
  const duplicates = dice.between(0, 0.5)
  const delay = dice.between(0, 4000)
  during(
    world,
    dice.between(1000, 9000),
    `messages between nodes: ${Math.round(loss * 100)} % lost, up to ${Math.round(delay)} ms late`,
    () =>
      Object.assign(faults, {
        meshLoss: loss,
        meshDuplicates: duplicates,
        meshDelayMs: delay,
      }),
    () => Object.assign(faults, { meshLoss: 0, meshDuplicates: 0, meshDelayMs: 0 }),
  )
}

const meshCut: Fault = (world) => {
  const [one, other] = [anyNode(world), anyNode(world)]
  if (one === undefined || other === undefined || one === other) return
  const { meshCuts } = world.network.faults
  const cuts = [`${one.name}>${other.name}`]
  if (world.dice.chance(0.6)) cuts.push(`${other.name}>${one.name}`)
  during(
    world,
    world.dice.between(2000, 12_000),
    `cut ${cuts.join(' and ')}`,
    () => {
      for (const cut of cuts) meshCuts.add(cut)
    },
    () => {
      for (const cut of cuts) meshCuts.delete(cut)
    },
  )
}

const pause: Fault = (world) => {
  const node = anyNode(world)
  if (node === undefined) return
  during(
    world,
    world.dice.chance(0.5) ? world.dice.between(200, 3000) : world.dice.between(4000, 16_000),
    `${node.name} is frozen`,
    () => {
      node.paused = true
    },
    () => askAtOnce(world, node),
  )
}

/** Requests that waited in its sockets come before its own timers. */
function askAtOnce(world: World, node: SimulatedNode): void {
  if (node.crashed) return
  node.paused = false
  for (let request = 0; request < 3; request++) world.onWoken(node)
  node.resume()
}

const sleep: Fault = (world) => {
  const node = anyNode(world)
  if (node === undefined) return
  const ms = world.dice.between(5000, 16_000)
  during(
    world,
    ms,
    `${node.name}'s machine sleeps`,
    () => {
      node.paused = true
    },
    () => {
      node.clock.slept(ms)
      askAtOnce(world, node)
    },
  )
}

const crash: Fault = (world, faults) => {
  const node = anyNode(world)
  if (node === undefined || world.now > 15_000) return
  world.note('fault', () => `${node.name} is killed`)
  node.crash()
  world.scheduler.after(world.dice.between(500, 5000), () => faults.startNode())
}

const restart: Fault = (world, faults) => {
  const node = anyNode(world)
  if (node === undefined) return
  world.note('fault', () => `${node.name} leaves and is replaced`)
  leaveView(node)
  world.scheduler.after(300, () => node.crash())
  faults.startNode()
}

const slowDatabase: Fault = (world) => {
  const { faults } = world.network
  during(
    world,
    world.dice.between(1000, 6000),
    'the database is slow',
    () => {
      faults.databaseDelayMs = world.dice.between(50, 700)
    },
    () => {
      faults.databaseDelayMs = 0
    },
  )
}

const databaseOutage: Fault = (world) => {
  const server = world.primary
  during(
    world,
    world.dice.between(500, 8000),
    `${server.identity} is down`,
    () => {
      server.alive = false
      server.endAll()
    },
    () => {
      server.alive = true
    },
  )
}

const databaseCut: Fault = (world) => {
  const node = anyNode(world)
  if (node === undefined) return
  const { databaseCuts } = world.network.faults
  during(
    world,
    world.dice.between(1000, 12_000),
    `${node.name} cannot reach the database`,
    () => databaseCuts.add(node.name),
    () => databaseCuts.delete(node.name),
  )
}

/** The former primary lives on for a while; each connection notices in its own time. */
const failover: Fault = (world) => {
  const { dice, scheduler } = world
  const { former, next } = world.failOver(dice.chance(0.7) ? dice.between(0, 900) : 0)
  const lives = dice.chance(0.7)
  former.refuses = true
  if (!lives) former.alive = false
  else scheduler.after(dice.between(500, 6000), () => (former.alive = false))
  for (const node of world.nodes) {
    for (let connection = 0; connection < node.routes.length; connection++) {
      const ms = lives && dice.chance(0.6) ? dice.between(0, 5000) : dice.between(0, 200)
      scheduler.after(ms, () => {
        node.routes[connection] = world.primary
      })
    }
  }
  if (lives && dice.chance(0.3)) alternate(world, former, next)
}

function alternate(world: World, former: DatabaseServer, next: DatabaseServer): void {
  during(
    world,
    world.dice.between(500, 4000),
    `a pooler leads to ${former.identity} and ${next.identity} in turn`,
    () => {
      world.alternating = [former, next]
    },
    () => {
      world.alternating = undefined
    },
  )
}

/** A burst of changes is lost in a failover while the messages about it are still under way. */
const failoverUnderWay: Fault = (world) => {
  const writer = anyNode(world)
  if (writer === undefined) return
  const { dice, scheduler, network } = world
  const lastsMs = 4500
  Object.assign(network.faults, { meshDelayMs: 2500, meshDuplicates: 0.5, meshLoss: 0 })
  world.note('fault', () => `a burst of changes of ${writer.name} is lost in a failover`)
  for (let change = 0; change < 3; change++) {
    scheduler.after(change * 12, () => writer.deliver(() => writeRecord(writer)))
  }
  scheduler.after(120, () => {
    world.writesPaused = true
    network.faults.databaseDelayMs = 700
    const { former, next } = world.failOver(200)
    former.alive = false
    former.refuses = true
    for (const node of world.nodes) node.routes.fill(next)
  })
  scheduler.after(dice.between(300, 1500), () => {
    const other = dice.pick(world.nodes)
    other.deliver(() => writeRecord(other))
  })
  for (let ms = 200; ms < lastsMs; ms += 20) {
    scheduler.after(ms, () => world.onWoken(dice.pick(world.nodes)))
  }
  scheduler.after(lastsMs, () => {
    world.writesPaused = false
    Object.assign(network.faults, { meshDelayMs: 0, meshDuplicates: 0, databaseDelayMs: 0 })
  })
}

const clockSet: Fault = (world) => {
  const node = anyNode(world)
  if (node === undefined) return
  const byMs = world.dice.between(1000, 120_000) * (world.dice.chance(0.6) ? -1 : 1)
  world.note('fault', () => `${node.name}'s wall clock is set by ${Math.round(byMs / 1000)} s`)
  node.clock.setWall(byMs)
}

/** NTP sets a clock back just while the node is cut off or frozen: the worst moment. */
const clockSetInTrouble: Fault = (world, faults) => {
  clockSet(world, faults)
  const trouble = world.dice.pick([pause, databaseCut, slowDatabase])
  trouble(world, faults)
}

const upgrade: Fault = (world) => {
  const node = anyNode(world)
  if (node === undefined) return
  world.note('fault', () => `${node.name} is upgraded and writes events of format 2`)
  node.format = 2
}

const all: readonly Fault[] = [
  meshTrouble,
  meshCut,
  pause,
  sleep,
  crash,
  restart,
  slowDatabase,
  databaseOutage,
  databaseCut,
  failover,
  failoverUnderWay,
  clockSet,
  clockSetInTrouble,
  upgrade,
]

/** Lays out the faults of a run: up to seven, which overlap as chance will have it. */
export function planFaults(world: World, faults: Faults, fromMs: number, toMs: number): void {
  const count = 2 + world.dice.below(6)
  for (let index = 0; index < count; index++) {
    const fault = world.dice.pick(all)
    world.scheduler.after(world.dice.between(fromMs, toMs), () => fault(world, faults))
  }
}
