import { type Behaviour, safeBehaviour } from './behaviour.ts'
import { readRecord, writeRecord } from './cached-records.ts'
import { runJobs } from './cluster-job.ts'
import { planFaults } from './faults.ts'
import { checkCachedRecords } from './record-checks.ts'
import { checkQuietCopies, followView } from './session-owners.ts'
import { logIn, logOut, lookUpSession, refresh } from './sessions.ts'
import { SimulatedNode } from './simulated-node.ts'
import { redeemCode } from './single-use.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

/** Faults happen from 2 s to 22 s; then everything heals and gets time to settle. */
const faultsFromMs = 2000
const faultsToMs = 18_000
const healAtMs = 24_000
const quietFromMs = 25_000
/** Eviction of the last dead node takes 10 s from when the last node wakes, at 34 s. */
const endMs = 45_000
const requestEveryMs = 30

/** What a run came to. */
export interface Outcome {
  readonly seed: number
  /** What went wrong; undefined when nothing did. */
  readonly violation: string | undefined
}

/** Starts a node with all that it does by itself. */
export function startNode(world: World): SimulatedNode {
  const node = new SimulatedNode(world)
  world.nodes.push(node)
  node.viewChanged = (view) => followView(node, view)
  runJobs(node)
  world.note(node.name, () => 'starts')
  return node
}

/**
 * Plays one run: a few nodes, clients that read, write, sign in and out, and faults, all decided by the seed.
 * @param trace gets each line of what happens
 */
export function runSeed(
  seed: number,
  behaviour: Behaviour = safeBehaviour,
  trace?: (line: string) => void,
): Outcome {
  const world = new World(seed, behaviour, trace)
  try {
    play(world)
    return { seed, violation: undefined }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { seed, violation: error.message }
  }
}

function play(world: World): void {
  const count = 2 + world.dice.below(3)
  for (let index = 0; index < count; index++) startNode(world)
  world.onWoken = (node) => node.deliver(() => readRecord(node))
  planFaults(world, { startNode: () => startNode(world) }, faultsFromMs, faultsToMs)
  world.scheduler.after(healAtMs, () => heal(world))
  request(world)
  world.scheduler.runUntil(endMs)
  checkQuiet(world)
}

const requests: readonly (readonly [share: number, run: (node: SimulatedNode) => void])[] = [
  [40, (node) => readRecord(node)],
  [14, (node) => !node.world.writesPaused && writeRecord(node)],
  [6, redeemCode],
  [8, logIn],
  [6, logOut],
  [14, (node) => refresh(node)],
  [12, lookUpSession],
]

/** One request of a client to any node, then the next. */
function request(world: World): void {
  world.scheduler.after(world.dice.between(0, 2 * requestEveryMs), () => {
    if (world.now > quietFromMs) return
    let mark = world.dice.below(100)
    const chosen = requests.find(([share]) => {
      mark -= share
      return mark < 0
    })
    const node = world.dice.pick(world.nodes)
    if (chosen !== undefined) node.deliver(() => chosen[1](node))
    request(world)
  })
}

function heal(world: World): void {
  world.note('fault', () => 'everything heals')
  world.network.heal()
  world.alternating = undefined
  world.primary.alive = true
  for (const rule of world.rules) {
    if (rule.server !== world.primary) rule.server.alive = false
  }
}

/** When all is quiet, every node is in, agrees with the others, and holds nothing that is not true. */
function checkQuiet(world: World): void {
  const nodes = world.nodes.filter((node) => !node.crashed)
  world.checkNothingLost()
  const names = nodes.map((node) => node.name).sort()
  for (const node of nodes) {
    if (!node.fresh()) world.fail(`${node.name} does not read the log again`)
    if (node.log.identity !== world.primary.identity)
      world.fail(`${node.name} reads another database`)
    if (!node.leaseValid()) world.fail(`${node.name} is not a member again`)
    const seen = node.membership.view.members.map((member) => member.id).sort()
    if (seen.join() !== names.join())
      world.fail(`${node.name} sees ${seen.join()} instead of ${names.join()}`)
    checkCachedRecords(node)
    checkQuietCopies(node)
  }
}
