import { type InvalidationEvent, type LogRow, outboxStatement } from '@holdfast/cluster'
import type { Change, DatabaseServer, OpenTransaction } from './database-server.ts'
import type { World } from './world.ts'

/** What a commit did: the log entries it wrote and when, or `refused` when its condition did not hold. */
export type CommitResult =
  | { readonly rows: readonly LogRow[]; readonly identity: string; readonly at: number }
  | 'refused'

/** A commit to be made on a server. */
export interface CommitRequest {
  readonly transaction: OpenTransaction
  /** Rows to lock first, ascending. */
  readonly locks: readonly string[]
  /** What to write, seen from behind the locks; undefined = refuse. */
  readonly compute: () => readonly Change[] | undefined
  readonly events: readonly InvalidationEvent[]
  readonly format: number
}

/**
 * Runs on the server: takes the locks, writes, appends to the log as the last statement and commits. The locks are held
 * until the commit is on disk. No answer comes when the server dies before that, or may no longer commit.
 */
export function commit(
  world: World,
  server: DatabaseServer,
  request: CommitRequest,
  respond: (result: CommitResult) => void,
): void {
  const { transaction, compute, events, format } = request
  const fromSequence = world.behaviour.numbersFromSequence
  const [shards, tags, texts] = outboxStatement(events, () => world.dice.next()).values as [
    number[],
    number[],
    string[],
  ]
  const epochs = fromSequence ? [] : shards.map((shard) => `e/${String(shard).padStart(2, '0')}`)
  const refuse = () => {
    server.end(transaction)
    respond('refused')
  }
  const granted = () => {
    const changes = compute()
    if (changes === undefined) return refuse()
    transaction.committing = true
    transaction.lastHeard = Number.POSITIVE_INFINITY
    const rows = shards.map((shard, index): LogRow => {
      const epoch = server.epochs[shard] ?? { v: 0, tag: 0 }
      const v = fromSequence ? nextNumber(server, shard) : epoch.v + 1
      const tag = tags[index] ?? 0
      return { shard, v, prevTag: epoch.tag, tag, fmt: format, events: texts[index] ?? '[]' }
    })
    world.scheduler.after(world.dice.between(0.5, 8), () => {
      if (transaction.ended || !server.alive || !server.writable) return
      server.apply(
        [...changes, ...rows.map((row): Change => [`l/${row.shard}/${row.v}`, row])],
        world.now,
      )
      server.end(transaction)
      respond({ rows, identity: server.identity, at: world.now })
    })
  }
  if (world.behaviour.shardsInAnyOrder && world.dice.chance(0.5)) epochs.reverse()
  server.lock(transaction, [...request.locks, ...epochs], granted, refuse)
}

function nextNumber(server: DatabaseServer, shard: number): number {
  const next = (server.sequence[shard] ?? 0) + 1
  server.sequence[shard] = next
  return next
}
