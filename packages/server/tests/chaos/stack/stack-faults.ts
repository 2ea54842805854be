import { execFileSync } from 'node:child_process'
import { now, pause } from '../run-clock.ts'
import type { ChaosStack } from './chaos-stack.ts'
import { postmasterOf } from './patroni-pair.ts'

/** What clients behind the proxy may see of a fault. */
interface StackBound {
  /** Longest time from the first to the last 503 with Retry-After, milliseconds; 0 = none may be seen. */
  readonly againMs: number
  /** Requests that may fail in any other way. */
  readonly failed: number
  /** Whether a client that obeys Retry-After may see one fail. */
  readonly obedientMayFail: boolean
}

/** Something that happens to the stack. */
export interface StackFault {
  readonly name: string
  readonly bound: StackBound
  play(stack: ChaosStack): Promise<void>
}

const nothingSeen: StackBound = { againMs: 0, failed: 0, obedientMayFail: false }
const briefly: StackBound = { againMs: 10_000, failed: 0, obedientMayFail: false }
/** Patroni's `ttl` of 20 s, its next look, the promotion, and the nodes' way back. */
const failover: StackBound = { againMs: 45_000, failed: 10, obedientMayFail: true }

const pausedMs = 5_000
/** Longest that a fault may take to be over. */
const wholeWithinMs = 90_000

/** Longer than the proxy needs to see that a node stops (`fall 2`, every second). */
const betweenNodesMs = 500

/** For a stack whose nodes run a build from before the last migration; afterwards they run this one. */
export const changeOfBuilds: StackFault = {
  name: 'blue/green change to a build with one migration more, both serving for 6 s',
  bound: nothingSeen,
  play: async (stack) => {
    const blue = [...stack.nodes]
    const before = await stack.schemaVersion()
    const green = await stack.newPlaces()
    await stack.addNodes(green)
    const after = await stack.schemaVersion()
    if (after <= before) throw new Error(`the schema stayed at ${after}`)
    await stack.proxy.reload(stack.nodes.map(({ place }) => place))
    await pause(6_000)
    await stack.proxy.reload(green)
    stack.nodes = stack.nodes.filter((node) => !blue.includes(node))
    await pause(2_000)
    await Promise.all(blue.map(async (node) => await node.stop()))
  },
}

/** Every fault, the gentle ones first. */
export const stackFaults: readonly StackFault[] = [
  { name: 'no fault', bound: nothingSeen, play: async () => await pause(8_000) },
  {
    name: 'HAProxy reload',
    bound: nothingSeen,
    play: async ({ proxy, nodes }) => {
      for (let time = 0; time < 3; time += 1) {
        await proxy.reload(nodes.map(({ place }) => place))
        await pause(1_500)
      }
    },
  },
  {
    name: 'rolling restart, one node after the other',
    bound: nothingSeen,
    play: async ({ nodes }) => {
      for (const node of nodes) {
        await node.stop()
        await node.start()
        await node.untilReady()
        await pause(betweenNodesMs + 2_000)
      }
    },
  },
  {
    name: 'blue/green change of all nodes',
    bound: nothingSeen,
    play: async (stack) => {
      const blue = [...stack.nodes]
      const green = await stack.newPlaces()
      await stack.addNodes(green)
      await stack.proxy.reload(green)
      stack.nodes = stack.nodes.filter((node) => !blue.includes(node))
      await pause(2_000)
      await Promise.all(blue.map(async (node) => await node.stop()))
    },
  },
  {
    name: 'PgBouncer killed and started',
    bound: briefly,
    play: async ({ pooler }) => {
      await pooler.kill()
      await pause(1_000)
      pooler.restart()
    },
  },
  {
    name: 'Patroni switch-over',
    bound: briefly,
    play: async ({ databases }) => {
      const before = (await databases.primary()).name
      await databases.switchOver()
      await databases.untilWhole(wholeWithinMs)
      if ((await databases.primary()).name === before) throw new Error('nothing was switched')
    },
  },
  {
    name: 'slow commits: the synchronous standby stands still for 5 s',
    bound: { againMs: 12_000, failed: 0, obedientMayFail: false },
    play: async ({ databases }) => {
      const { dataFolder } = await databases.standby()
      await frozen(dataFolder)
      await databases.untilWhole(wholeWithinMs)
    },
  },
  {
    name: 'database stands still for 5 s',
    bound: { againMs: 12_000, failed: 0, obedientMayFail: false },
    play: async ({ databases }) => {
      const { dataFolder } = await databases.primary()
      await frozen(dataFolder)
      await databases.untilWhole(wholeWithinMs)
    },
  },
  {
    name: 'primary killed with its Patroni',
    bound: failover,
    play: async ({ databases }) => {
      const before = (await databases.primary()).name
      const startAgain = await databases.killPrimary()
      const begun = now()
      while (now() - begun < wholeWithinMs) {
        const primary = await databases.primary().catch(() => null)
        if (primary !== null && primary.name !== before) break
        await pause(200)
      }
      startAgain()
      await databases.untilWhole(wholeWithinMs)
    },
  },
  {
    name: 'all nodes killed at once, and started with cold caches',
    bound: { againMs: 30_000, failed: 20, obedientMayFail: true },
    play: async ({ nodes }) => {
      await Promise.all(nodes.map(async (node) => await node.kill()))
      await Promise.all(nodes.map(async (node) => await node.start()))
      await Promise.all(nodes.map(async (node) => await node.untilReady()))
    },
  },
]

/** PostgreSQL and all its processes stand still for a while. */
async function frozen(dataFolder: string): Promise<void> {
  const group = postmasterOf(dataFolder)
  const all = [group, ...childrenOf(group)]
  for (const pid of all) signal(pid, 'SIGSTOP')
  await pause(pausedMs)
  for (const pid of all) signal(pid, 'SIGCONT')
}

function childrenOf(pid: number): number[] {
  const text = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return text
    .split('\n')
    .map(Number)
    .filter((child) => child > 0)
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch {
    // It ended meanwhile.
  }
}
