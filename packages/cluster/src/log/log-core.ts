import type { Moment } from '../clock/cluster-clock.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'
import type { InvalidationEvent } from './invalidation-event.ts'
import {
  type Cursor,
  eventsOf,
  type LogRow,
  type PollAnswer,
  type ShardAnswer,
  shardCount,
} from './log-row.ts'

/** Why everything was forgotten. */
export type FlushReason =
  | 'start'
  | 'db-identity'
  | 'history-rewritten'
  | 'trimmed-or-rewritten'
  | 'chain-broken'
  | 'did-not-arrive'
  | 'unknown-format'
  | 'evicted'

/** A poll under way: where the cursors stood and when it began. */
export interface Poll {
  readonly cursors: readonly Cursor[]
  readonly startedAt: Moment
}

/** What happened to a log. */
export type LogInput =
  | { readonly type: 'answered'; readonly poll: Poll; readonly answer: PollAnswer }
  | { readonly type: 'pushed'; readonly row: LogRow; readonly identity: string }

/** What the shell has to do about it, in this order. */
export type LogOutput =
  | { readonly type: 'event'; readonly shard: number; readonly event: InvalidationEvent }
  | { readonly type: 'flush'; readonly why: FlushReason }
  | { readonly type: 'poll-now' }
  | { readonly type: 'not-primary' }

const unread: Cursor = { v: -1, tag: -1 }
const nothing: readonly LogOutput[] = []

/** Everything a node knows about its place in the log. */
export interface LogState {
  /** By shard; replaced as a whole, never changed, so that a poll can keep the array that it was sent with. */
  readonly cursors: readonly Cursor[]
  /** The database the cursors belong to; undefined before the first poll. */
  readonly identity: string | undefined
  /** When the last successful poll began: everything committed before is applied. */
  readonly seenUpTo: Moment | undefined
}

/** @returns the state of a node that has read nothing yet. */
export function newLog(): LogState {
  return {
    cursors: Array.from({ length: shardCount }, () => unread),
    identity: undefined,
    seenUpTo: undefined,
  }
}

/**
 * The reader's side of the invalidation log (cluster.md §5), without I/O: a node applies entries only when each is the
 * next of the same history, and forgets everything when it cannot prove that it has seen them all.
 * @returns the next state and what to do, in order
 */
export function stepLog(
  state: LogState,
  input: LogInput,
  protocol: Protocol = safeProtocol,
): { readonly state: LogState; readonly outputs: readonly LogOutput[] } {
  if (input.type === 'pushed') return pushed(state, input.row, input.identity, protocol)
  const { poll, answer } = input
  if (answer.recovering) return { state, outputs: [{ type: 'not-primary' }] }
  const outputs: LogOutput[] = []
  const cursors = [...state.cursors]
  if (protocol.pollIsOurs(state.identity, answer.identity) && state.identity !== undefined) {
    for (const shard of answer.shards) catchUp(cursors, poll, shard, protocol, outputs)
  } else {
    // Unchanged shards are not in the answer: they stand where the poll was sent with, not where pushes led since.
    for (let shard = 0; shard < shardCount; shard++) cursors[shard] = poll.cursors[shard] ?? unread
    for (const epoch of answer.shards) cursors[epoch.shard] = { v: epoch.v, tag: epoch.tag }
    outputs.push({ type: 'flush', why: state.identity === undefined ? 'start' : 'db-identity' })
  }
  return {
    state: { cursors, identity: answer.identity, seenUpTo: poll.startedAt },
    outputs,
  }
}

function catchUp(
  cursors: Cursor[],
  poll: Poll,
  epoch: ShardAnswer,
  protocol: Protocol,
  outputs: LogOutput[],
): void {
  const why = doubtAbout(cursors, poll, epoch, protocol, outputs)
  if (why === undefined) return
  cursors[epoch.shard] = { v: epoch.v, tag: epoch.tag }
  outputs.push({ type: 'flush', why })
}

/** Applies what is new in a shard. @returns why it cannot be proved that nothing is missing */
function doubtAbout(
  cursors: Cursor[],
  poll: Poll,
  epoch: ShardAnswer,
  protocol: Protocol,
  outputs: LogOutput[],
): FlushReason | undefined {
  const sent = poll.cursors[epoch.shard] ?? unread
  if (protocol.agrees(sent, epoch)) return undefined
  if (epoch.v <= sent.v) return 'history-rewritten'
  const first = epoch.rows[0]
  if (first === undefined || !protocol.follows(sent, first)) return 'trimmed-or-rewritten'
  for (const row of epoch.rows) {
    if (!apply(cursors, row, protocol, outputs)) return 'chain-broken'
  }
  const now = cursors[epoch.shard] ?? unread
  return now.v > epoch.v || protocol.agrees(now, epoch) ? undefined : 'did-not-arrive'
}

/** @returns false when the row is not the next one of this history. */
function apply(cursors: Cursor[], row: LogRow, protocol: Protocol, outputs: LogOutput[]): boolean {
  const cursor = cursors[row.shard] ?? unread
  if (row.v <= cursor.v) return true
  if (!protocol.follows(cursor, row)) return false
  const events = eventsOf(row)
  if (events === undefined) outputs.push({ type: 'flush', why: 'unknown-format' })
  else for (const event of events) outputs.push({ type: 'event', shard: row.shard, event })
  cursors[row.shard] = { v: row.v, tag: row.tag }
  return true
}

/**
 * Whether an entry, or a later one of its shard, has been applied here: what a node may acknowledge to the writer.
 * @param identity the database that the entry was written in
 */
export function hasApplied(
  state: LogState,
  row: LogRow,
  identity: string,
  protocol: Protocol = safeProtocol,
): boolean {
  const cursor = state.cursors[row.shard] ?? unread
  return protocol.pushIsOurs(state.identity, identity) && cursor.v >= row.v
}

function pushed(state: LogState, row: LogRow, identity: string, protocol: Protocol) {
  // A push from another database says nothing about this one; the next poll finds out which is right.
  if (!protocol.pushIsOurs(state.identity, identity)) {
    return { state, outputs: [{ type: 'poll-now' } as const] }
  }
  const cursor = state.cursors[row.shard]
  if (cursor === undefined || row.v <= cursor.v) return { state, outputs: nothing }
  const outputs: LogOutput[] = []
  const cursors = [...state.cursors]
  if (!apply(cursors, row, protocol, outputs))
    return { state, outputs: [{ type: 'poll-now' } as const] }
  return { state: { ...state, cursors }, outputs }
}
