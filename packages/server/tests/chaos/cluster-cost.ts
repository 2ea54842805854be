import pg from 'pg'
import { eventually } from '../cluster/cluster-node.ts'
import { type InProcessNode, startInProcess } from '../cluster/in-process-node.ts'
import { startServer } from '../harness/server-process.ts'
import { PostgresPair } from './postgres-pair.ts'
import { now, pause } from './run-clock.ts'

const settleMs = 4_000
const measureMs = 10_000
const propagationRounds = 200
const watchPauseMs = 1

/** What a database has to do for nodes that nobody uses. */
export interface IdleCost {
  readonly nodes: number
  readonly transactionsPerSecond: number
  readonly walBytesPerSecond: number
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
  const server = await startServer({ databaseUrl: url })
  await server.stop()
  const idle: IdleCost[] = []
  for (const count of counts) {
    const nodes = await startNodes(url, count)
    await pause(settleMs)
    idle.push(await idleCost(url, count))
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

/**
 * What the nodes that run at present cost the database.
 * @param url the database; measuring it costs three statements
 */
export async function idleCost(url: string, nodes: number): Promise<IdleCost> {
  const before = await counters(url)
  await pause(measureMs)
  const after = await counters(url)
  const seconds = (after.at - before.at) / 1_000
  return {
    nodes,
    transactionsPerSecond: (after.transactions - before.transactions) / seconds,
    walBytesPerSecond: (after.wal - before.wal) / seconds,
  }
}

async function counters(url: string): Promise<{ at: number; transactions: number; wal: number }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ transactions: string; wal: string }>(
    `SELECT xact_commit + xact_rollback AS transactions, pg_current_wal_insert_lsn() - '0/0' AS wal
       FROM pg_stat_database WHERE datname = current_database()`,
  )
  const at = now()
  await client.end()
  return { at, transactions: Number(rows[0]?.transactions), wal: Number(rows[0]?.wal) }
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
