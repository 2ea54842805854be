import pg from 'pg'
import { eventually } from '../cluster/cluster-node.ts'
import { type InProcessNode, startInProcess } from '../cluster/in-process-node.ts'
import { startServer } from '../harness/server-process.ts'
import type { ChaosCluster } from './chaos-cluster.ts'
import { PostgresPair } from './postgres-pair.ts'
import { cpuSeconds, residentMiB } from './process-cpu.ts'
import { now, pause } from './run-clock.ts'

const settleMs = 4_000
const measureMs = 20_000
const propagationRounds = 200
const watchPauseMs = 1

/** What a database has to do for nodes that nobody uses. */
export interface IdleCost {
  readonly nodes: number
  readonly transactionsPerSecond: number
  /** Statements of clients; several may share a transaction. */
  readonly statementsPerSecond: number
  readonly walBytesPerSecond: number
  /** Share of one core that PostgreSQL used. */
  readonly databaseCpu: number
}

/** What a whole server costs that nobody uses. */
export interface IdleServer {
  readonly statementsPerSecond: number
  /** Share of one core. */
  readonly cpu: number
  readonly residentMiB: number
}

/** How long a commit took to be known to another node, in milliseconds. */
export interface Propagation {
  readonly mesh: boolean
  readonly p50: number
  readonly p99: number
}

/** Measures both on a PostgreSQL of its own, with nodes in this process that have no HTTP. */
export async function measureClusterCost(
  counts: readonly number[],
): Promise<{ idle: IdleCost[]; propagation: Propagation[] }> {
  await using postgres = await PostgresPair.start(false)
  const url = postgres.url('postgres')
  await countStatements(url)
  const server = await startServer({ databaseUrl: url })
  await server.stop()
  const idle: IdleCost[] = []
  for (const count of counts) {
    const nodes = await startNodes(url, count)
    await pause(settleMs)
    idle.push(await idleCost(postgres, count))
    await stopAll(nodes)
  }
  const nodes = await startNodes(url, 3)
  const propagation = [await measurePropagation(nodes, url, true)]
  withoutMesh(nodes)
  await pause(settleMs)
  propagation.push(await measurePropagation(nodes, url, false))
  await stopAll(nodes)
  return { idle, propagation }
}

/** What the nodes that run at present cost the database; measuring it costs two statements. */
async function idleCost(postgres: PostgresPair, nodes: number): Promise<IdleCost> {
  const url = postgres.url('postgres')
  const before = await counters(url)
  const cpuBefore = cpuSeconds(postgres.pid)
  await pause(measureMs)
  const cpu = cpuSeconds(postgres.pid) - cpuBefore
  const after = await counters(url)
  const perSecond = (key: keyof Counters) =>
    ((after[key] - before[key]) * 1_000) / (after.at - before.at)
  return {
    nodes,
    transactionsPerSecond: perSecond('transactions'),
    statementsPerSecond: perSecond('statements'),
    walBytesPerSecond: perSecond('wal'),
    databaseCpu: (cpu * 1_000) / measureMs,
  }
}

/** What the whole servers of a cluster cost their database together, and each of them its machine. */
export async function idleServers(
  cluster: ChaosCluster,
): Promise<{ together: IdleCost; each: IdleServer }> {
  const { postgres, nodes } = cluster
  await countStatements(postgres.url('postgres'))
  await pause(settleMs)
  const used = () => nodes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0)
  const before = used()
  const start = now()
  const together = await idleCost(postgres, nodes.length)
  const cpu = ((used() - before) * 1_000) / (now() - start) / nodes.length
  const resident = nodes.reduce((sum, { pid }) => sum + residentMiB(pid), 0) / nodes.length
  const statementsPerSecond = together.statementsPerSecond / nodes.length
  return { together, each: { statementsPerSecond, cpu, residentMiB: resident } }
}

/** Lets PostgreSQL count statements, and takes it to a moment after a checkpoint, whose full pages would count as well. */
async function countStatements(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
  await client.query('CHECKPOINT')
  await client.end()
}

interface Counters {
  readonly at: number
  readonly transactions: number
  readonly statements: number
  readonly wal: number
}

async function counters(url: string): Promise<Counters> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<Record<'transactions' | 'statements' | 'wal', string>>(
    `SELECT xact_commit + xact_rollback AS transactions, pg_current_wal_insert_lsn() - '0/0' AS wal,
            (SELECT sum(calls) FROM pg_stat_statements) AS statements
       FROM pg_stat_database WHERE datname = current_database()`,
  )
  const at = now()
  await client.end()
  const { transactions, statements, wal } = rows[0] ?? {}
  return {
    at,
    transactions: Number(transactions),
    statements: Number(statements),
    wal: Number(wal),
  }
}

/** Nodes whose mesh is complete; they meet on Unix sockets, as the workers of one machine. */
async function startNodes(url: string, count: number): Promise<InProcessNode[]> {
  const nodes: InProcessNode[] = []
  for (let index = 0; index < count; index++) {
    const node = await startInProcess({
      postgresUrl: url,
      databaseName: 'postgres',
      settings: { cluster: `cost-${count}`, nodeName: `node-${index}` },
      worker: { index, count },
    })
    nodes.push(node)
  }
  await eventually('the mesh is complete', 60_000, () =>
    nodes.every(
      ({ clustering }) =>
        clustering.mesh.peers().length === count - 1 && clustering.mesh.reachesAll(),
    ),
  )
  return nodes
}

async function stopAll(nodes: readonly InProcessNode[]): Promise<void> {
  for (const node of nodes) await node[Symbol.asyncDispose]()
}

/** No node has a peer any more that it could tell something. */
function withoutMesh(nodes: readonly InProcessNode[]): void {
  for (const { clustering } of nodes) {
    const view = { ...clustering.membership.view(), members: [] }
    clustering.mesh.follow(clustering.membership.self, view)
  }
}

/** From the moment in which the writer sends its transaction until a node that had the old value cached has the new one. */
async function measurePropagation(
  nodes: readonly InProcessNode[],
  url: string,
  mesh: boolean,
): Promise<Propagation> {
  const [writer, reader] = nodes as [InProcessNode, InProcessNode]
  await prepare(url)
  const cache = reader.clustering.cache<string>('realms')
  const seen = () =>
    cache.load('thing', async (read) => {
      const [row] = await read.query<{ name: string; ver: number }>('SELECT name, ver FROM thing')
      return { value: row?.name ?? '', ver: row?.ver ?? 0, idTag: 'thing', tags: ['thing'] }
    })
  const took: number[] = []
  for (let round = 0; round < propagationRounds; round++) {
    await seen()
    // Not in step with the poll.
    await pause(Math.random() * 100)
    const name = `${mesh} ${round}`
    const start = now()
    const written = rename(writer, name)
    while ((await seen()) !== name) await pause(watchPauseMs)
    took.push(now() - start)
    await written
  }
  took.sort((a, b) => a - b)
  const quantile = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN
  return { mesh, p50: quantile(0.5), p99: quantile(0.99) }
}

async function prepare(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('CREATE TABLE IF NOT EXISTS thing (name text, ver bigint)')
  await client.query("INSERT INTO thing SELECT 'first', 1 WHERE NOT EXISTS (SELECT 1 FROM thing)")
  await client.end()
}

function rename({ database }: InProcessNode, name: string): Promise<void> {
  return database.transaction(async (tx) => {
    const [row] = await tx.query<{ ver: number }>(
      'UPDATE thing SET name = $1, ver = ver + 1 RETURNING ver',
      [name],
    )
    const ver = row?.ver ?? 0
    tx.append([{ kind: 'realms', shardKey: 'thing', tags: ['thing'], ver, op: 'invalidate' }])
  })
}
