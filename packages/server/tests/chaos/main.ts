import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ChaosCluster, type ClusterOptions } from './chaos-cluster.ts'
import { chaosUnavailable } from './chaos-tools.ts'
import { idleServers, measureClusterCost } from './cluster-cost.ts'
import {
  cutDatabase,
  cutDatabaseAnswers,
  cutDatabaseRequests,
  cutEverything,
  cutMesh,
  cutMeshOneWay,
  databaseCrash,
  type Fault,
  frozenNode,
  killedNode,
  laggingPromotion,
  lossAndDelay,
  nothing,
  restartedPooler,
  wrongClock,
} from './faults.ts'
import { type Figures, playFault } from './play-fault.ts'
import { costTable, propagationTable, serverTable, tableOf } from './report.ts'
import { playSites, sitesTable } from './sites/play-sites.ts'
import { ChaosStack } from './stack/chaos-stack.ts'
import { playStackFault, type StackFigures, stackTable } from './stack/play-stack.ts'
import { changeOfBuilds, stackFaults } from './stack/stack-faults.ts'

/** `npm run chaos`: every fault, figures as a table; the exit code is 1 when a promise was broken. */
const direct: readonly Fault[] = [
  nothing,
  killedNode,
  frozenNode(30_000),
  cutMesh,
  cutMeshOneWay,
  cutDatabase,
  cutDatabaseAnswers,
  cutDatabaseRequests,
  cutEverything,
  lossAndDelay,
  databaseCrash,
  // The last one: afterwards there is no standby any more.
  laggingPromotion,
]
const pooled: readonly Fault[] = [
  { ...nothing, name: 'PgBouncer in front, no fault' },
  restartedPooler,
  { ...cutMesh, name: 'PgBouncer in front, mesh cut' },
  { ...killedNode, name: 'PgBouncer in front, node killed' },
  wrongClock,
]

/** Characters of a remark that are printed. */
const remarkMax = 200
/** How many nodes the idle cost is measured for. */
const nodeCounts = [2, 8, 32]

const { values } = parseArgs({
  options: {
    /** Only faults whose name the regular expression matches. */
    only: { type: 'string', default: '' },
    /** Prints what the nodes wrote. */
    log: { type: 'boolean', default: false },
    /** Plays the faults of a whole stack: HAProxy, nodes, PgBouncer, Patroni. */
    stack: { type: 'boolean', default: false },
    /** With `stack`: the main.js of an earlier build that the nodes run at first (scripts/build-earlier.mjs). */
    earlier: { type: 'string' },
    /** Plays the loss of one of two sites. */
    sites: { type: 'boolean', default: false },
    /** Measures idle cost and propagation instead of playing faults. */
    cost: { type: 'boolean', default: false },
  },
})

async function playAll(options: ClusterOptions, faults: readonly Fault[]): Promise<Figures[]> {
  const chosen = faults.filter(({ name }) => new RegExp(values.only).test(name))
  if (chosen.length === 0) return []
  await using cluster = await ChaosCluster.start(options)
  const all: Figures[] = []
  for (const fault of chosen) {
    const figures = await playFault(cluster, fault)
    all.push(figures)
    print(`${fault.name}: ${figures.broken.length === 0 ? 'kept' : 'BROKEN'}`)
    const remarks = [...figures.broken, ...figures.loginsFailed]
    for (const text of remarks) print(`  ${text.slice(0, remarkMax)}`)
  }
  if (values.log) for (const { name, log } of cluster.nodes) print(`---- ${name}\n${log}`)
  return all
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

async function playEverything(): Promise<void> {
  const all = [
    ...(await playAll({ labNumber: 42, standby: true }, direct)),
    ...(await playAll({ labNumber: 43, pgBouncer: true, fakeClock: true }, pooled)),
  ]
  print(`\n${tableOf(all)}`)
  if (all.some(({ broken }) => broken.length > 0)) process.exitCode = 1
}

/** Idle cost and propagation of the cluster's own work, and the idle cost of three whole servers. */
async function measureCost(): Promise<void> {
  const { idle, propagation } = await measureClusterCost(nodeCounts)
  print(`\nthe cluster's own work, without HTTP:\n\n${costTable(idle)}`)
  print(`\n${propagationTable(propagation)}`)
  await using cluster = await ChaosCluster.start({ labNumber: 42 })
  const { together, each } = await idleServers(cluster)
  print(`\nwhole servers:\n\n${costTable([together])}\n\n${serverTable(each)}`)
}

/** A proxy in front, a pooler behind, a database that fails over: clients know only the proxy. */
async function playStack(): Promise<void> {
  const all = values.earlier === undefined ? stackFaults : [changeOfBuilds, ...stackFaults]
  const chosen = all.filter(({ name }) => new RegExp(values.only).test(name))
  const earlier = values.earlier === undefined ? null : resolve(values.earlier)
  await using stack = await ChaosStack.start(earlier)
  const figured: StackFigures[] = []
  for (const fault of chosen) {
    const figures = await playStackFault(stack, fault)
    figured.push(figures)
    print(`${fault.name}: ${figures.broken.length === 0 ? 'kept' : 'BROKEN'}`)
    for (const text of figures.broken) print(`  ${text}`)
  }
  if (values.log) {
    for (const { place, log } of stack.nodes) print(`---- ${place.name}\n${log}`)
    for (const { name, patroni } of stack.databases.members) print(`---- ${name}\n${patroni.log}`)
    print(`---- proxy\n${stack.proxy.log}`)
  }
  print(`\n${stackTable(figured)}`)
  if (figured.some(({ broken }) => broken.length > 0)) process.exitCode = 1
}

const whole = values.stack ? ['pgbouncer', 'haproxy', 'patroni', 'etcd'] : ['pgbouncer', 'faketime']
const needed = values.sites ? [] : whole
const unavailable = chaosUnavailable(needed)
if (unavailable !== null) {
  process.stderr.write(`${unavailable}\n`)
  process.exitCode = 1
} else if (values.stack) await playStack()
else if (values.sites) {
  const findings = await playSites()
  print(sitesTable(findings))
  if (findings.some(({ kept }) => !kept)) process.exitCode = 1
} else if (values.cost) await measureCost()
else await playEverything()
