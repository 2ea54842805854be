import { parseArgs } from 'node:util'
import { ChaosCluster, type ClusterOptions } from './chaos-cluster.ts'
import { chaosUnavailable } from './chaos-tools.ts'
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
import { tableOf } from './report.ts'

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

const { values } = parseArgs({
  options: {
    /** Only faults whose name contains it. */
    only: { type: 'string', default: '' },
    log: { type: 'boolean', default: false },
  },
})

async function playAll(options: ClusterOptions, faults: readonly Fault[]): Promise<Figures[]> {
  const chosen = faults.filter(({ name }) => name.includes(values.only))
  if (chosen.length === 0) return []
  await using cluster = await ChaosCluster.start(options)
  const all: Figures[] = []
  for (const fault of chosen) {
    const figures = await playFault(cluster, fault)
    all.push(figures)
    print(`${fault.name}: ${figures.broken.length === 0 ? 'kept' : 'BROKEN'}`)
    for (const text of [...figures.broken, ...figures.loginsFailed]) print(`  ${text}`)
  }
  if (values.log) for (const { name, log } of cluster.nodes) print(`---- ${name}\n${log}`)
  return all
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

const unavailable = chaosUnavailable(['pgbouncer', 'faketime'])
if (unavailable !== null) {
  process.stderr.write(`${unavailable}\n`)
  process.exitCode = 1
} else {
  const all = [
    ...(await playAll({ labNumber: 42, standby: true }, direct)),
    ...(await playAll({ labNumber: 43, pgBouncer: true, fakeClock: true }, pooled)),
  ]
  print(`\n${tableOf(all)}`)
  if (all.some(({ broken }) => broken.length > 0)) process.exitCode = 1
}
