import { type ClusterClock, type Moment, momentOf } from '../clock/cluster-clock.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'
import type { InvalidationEvent } from './invalidation-event.ts'
import {
  type FlushReason,
  hasApplied,
  type LogOutput,
  type LogState,
  newLog,
  stepLog,
} from './log-core.ts'
import { type Cursor, eventFormat, type LogRow, shardOf } from './log-row.ts'
import { identitySql, LogStore, type PollRider, type RiderAnswer } from './log-store.ts'
import {
  type OutboxRow,
  type OutboxStatement,
  outboxStatement,
  type Random,
  textByShard,
} from './outbox.ts'
import type { SqlConnection } from './sql-connection.ts'
import { VisibilityWait } from './visibility-wait.ts'

/** Something that travels with the polls: membership sends its heartbeat so. */
export interface Rider {
  /** What to add to a poll that begins now. */
  request(now: Moment): PollRider | undefined
  /** Called after the log has applied the answer. */
  answered(answer: RiderAnswer, identity: string, startedAt: Moment): void
}

/** Where a writer's entries stand in the log. */
export interface LogPosition {
  readonly shard: number
  readonly v: number
}

/** What a ClusterLog is made of. */
export interface ClusterLogDeps {
  readonly connection: SqlConnection
  readonly clock: ClusterClock
  readonly random?: Random
  /** Whether pushes reach this node from every member, so that polls may be rare. Absent: never. */
  readonly pushesArrive?: () => boolean
  /** Whether this node is the only one, and meant to be: then only commands write besides, and polls may be rarer still. */
  readonly alone?: () => boolean
  /** Called with what went wrong with a poll. */
  readonly onPollFailed?: (error: unknown) => void
  readonly pollMs?: number
  readonly calmPollMs?: number
  readonly alonePollMs?: number
  readonly maxStalenessMs?: number
  readonly pollDeadlineMs?: number
  readonly protocol?: Protocol
}

const defaults = {
  pollMs: 100,
  calmPollMs: 500,
  // Copies are good for 5 s after a poll, and a heartbeat is due every 2 s.
  alonePollMs: 2000,
  maxStalenessMs: 5000,
  pollDeadlineMs: 2000,
}
/** A deadline that is noticed this much too late says that the process did not run. */
const stallMs = 500

/** The database has not answered a poll in time. */
class PollOverdue extends Error {}

/**
 * A node's reader of the invalidation log: polls without overlap, takes pushes of peers, and tells the caches what is no
 * longer true. States: *started* reads until `stop`; *fresh* while the last successful poll began less than 5 s ago.
 */
export class ClusterLog {
  readonly #deps: ClusterLogDeps
  readonly #protocol: Protocol
  readonly #limits: typeof defaults
  readonly #eventHandlers: ((shard: number, events: readonly InvalidationEvent[]) => void)[] = []
  readonly #flushHandlers: ((why: FlushReason) => void)[] = []
  readonly #silenceHandlers: (() => void)[] = []
  readonly #committedHandlers: ((rows: readonly LogRow[], identity: string) => void)[] = []
  readonly #flushes = new Map<FlushReason, number>()
  readonly #visibility = new VisibilityWait()
  readonly #counts = { polls: 0, failedPolls: 0, events: 0, pushesApplied: 0, pushesRefused: 0 }
  #state: LogState = newLog()
  #store: LogStore | undefined
  #identitySql: string | undefined
  #rider: Rider | undefined
  #polling: Promise<boolean> | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #running = false
  #answered = true
  #failing = false
  #lastPollMs = 0

  constructor(deps: ClusterLogDeps) {
    this.#deps = deps
    this.#protocol = deps.protocol ?? safeProtocol
    const { pollMs, calmPollMs, alonePollMs, maxStalenessMs, pollDeadlineMs } = deps
    this.#limits = {
      pollMs: pollMs ?? defaults.pollMs,
      calmPollMs: calmPollMs ?? defaults.calmPollMs,
      alonePollMs: alonePollMs ?? defaults.alonePollMs,
      maxStalenessMs: maxStalenessMs ?? defaults.maxStalenessMs,
      pollDeadlineMs: pollDeadlineMs ?? defaults.pollDeadlineMs,
    }
  }

  /**
   * Reads the log until `signal` aborts or `stop` is called.
   * @returns whether the first poll succeeded; when not, polling goes on all the same
   */
  async start(signal?: AbortSignal): Promise<boolean> {
    if (this.#running) throw new Error('the log has been started already')
    this.#running = true
    signal?.addEventListener('abort', () => void this.stop(), { once: true })
    const first = await this.pollNow()
    this.#schedule()
    return first
  }

  /** Polls no more; what is fresh becomes stale in its time. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#visibility.cancel()
    await this.#polling
  }

  /** Lets something travel with the polls. One at most. */
  ride(rider: Rider): void {
    this.#rider = rider
  }

  /** Whether everything committed until less than 5 s ago has been applied. */
  fresh(): boolean {
    const seen = this.#state.seenUpTo
    return seen !== undefined && this.#elapsed(seen) < this.#limits.maxStalenessMs
  }

  /** How long ago the last successful poll began, in ms; Infinity before the first. */
  ageMs(): number {
    const seen = this.#state.seenUpTo
    return seen === undefined ? Number.POSITIVE_INFINITY : this.#elapsed(seen)
  }

  /**
   * Whether the database answers: false from a poll that got no answer in time until the next one that succeeds. A
   * connection that is refused is no silence: whoever tries learns of it at once.
   */
  answers(): boolean {
    return this.#answered
  }

  /** Where this node stands in each of the 64 shards. */
  position(): readonly Cursor[] {
    return this.#state.cursors
  }

  /** The database that the log is read from; undefined before the first poll. */
  identity(): string | undefined {
    return this.#state.identity
  }

  /** SQL of the database's identity, for statements whose answers the log must vouch for. */
  identitySql(): string | undefined {
    return this.#identitySql
  }

  /** Called with the events of each entry, once, in the order of their shard. */
  onEvents(handler: (shard: number, events: readonly InvalidationEvent[]) => void): void {
    this.#eventHandlers.push(handler)
  }

  /** Called when everything that came from the database must be forgotten. */
  onFlush(handler: (why: FlushReason) => void): void {
    this.#flushHandlers.push(handler)
  }

  /** Called when the database stops answering. */
  onSilence(handler: () => void): void {
    this.#silenceHandlers.push(handler)
  }

  /** Called with the entries that this node has committed, to push them to peers. */
  onCommitted(handler: (rows: readonly LogRow[], identity: string) => void): void {
    this.#committedHandlers.push(handler)
  }

  /** The last statement of a transaction with these events; pass the events and its rows to `committed` afterwards. */
  outbox(events: readonly InvalidationEvent[]): OutboxStatement {
    return outboxStatement(events, this.#deps.random, this.#identitySql)
  }

  /**
   * Own commit: applied here at once, then pushed.
   * @param events what `outbox` was given
   * @param rows what its statement returned
   * @returns where the entries stand, for `awaitVisible`
   */
  committed(
    events: readonly InvalidationEvent[],
    rows: readonly OutboxRow[],
  ): readonly LogPosition[] {
    this.appliedLocally(events)
    const texts = textByShard(events)
    const entries = rows.map(({ shard, v, prev_tag, tag }): LogRow => {
      return {
        shard,
        v,
        prevTag: prev_tag,
        tag,
        fmt: eventFormat,
        events: texts.get(shard) ?? '[]',
      }
    })
    const identity = rows[0]?.identity
    if (identity === undefined) return entries
    for (const entry of entries) this.applyPush(entry, identity)
    for (const handler of this.#committedHandlers) handler(entries, identity)
    return entries
  }

  /** Lets a node see its own write at once, wherever its cursors stand. */
  appliedLocally(events: readonly InvalidationEvent[]): void {
    for (const event of events) this.#emit(shardOf(event.shardKey), event)
  }

  /**
   * An entry that a peer pushed. Applied when it is exactly the next one; otherwise the log is polled at once.
   * @param identity the database that the entry was written in
   */
  applyPush(row: LogRow, identity: string): void {
    const before = this.#state
    const { state, outputs } = stepLog(before, { type: 'pushed', row, identity }, this.#protocol)
    this.#take(state, outputs)
    if (state !== before) this.#counts.pushesApplied++
    else if (outputs.length > 0) this.#counts.pushesRefused++
  }

  /** Whether an entry of that database, or a later one of its shard, has been applied here. */
  hasApplied(row: LogRow, identity: string): boolean {
    return hasApplied(this.#state, row, identity, this.#protocol)
  }

  /** A peer says where it stands. */
  acknowledged(peer: string, positions: readonly LogPosition[]): void {
    this.#visibility.acknowledged(peer, positions)
  }

  /**
   * Waits until these peers have applied these entries.
   * @param timeoutMs 250 after an admin write or a logout
   */
  awaitVisible(
    positions: readonly LogPosition[],
    peers: readonly string[],
    timeoutMs: number,
  ): Promise<'all' | 'timeout'> {
    return this.#visibility.wait(positions, peers, timeoutMs)
  }

  /**
   * Polls at once, or joins the poll that is about to begin.
   * @returns whether it succeeded
   */
  async pollNow(): Promise<boolean> {
    // A poll under way began too early for what the caller wants to see; the next one is shared by all who wait.
    if (this.#polling !== undefined) await this.#polling
    this.#polling ??= this.#poll().finally(() => {
      this.#polling = undefined
    })
    return this.#polling
  }

  /** Counters since the start, for metrics. */
  statistics() {
    return { ...this.#counts, flushes: new Map(this.#flushes), lastPollMs: this.#lastPollMs }
  }

  async #poll(): Promise<boolean> {
    if (this.#stopped) return false
    const { clock, connection } = this.#deps
    const startedAt = momentOf(clock)
    const poll = { cursors: this.#state.cursors, startedAt }
    const rider = this.#rider?.request(startedAt)
    this.#counts.polls++
    try {
      if (this.#store === undefined) {
        this.#identitySql = await this.#withDeadline(identitySql(connection))
        this.#store = new LogStore(connection, this.#identitySql)
      }
      const answer = await this.#withDeadline(this.#store.poll(poll.cursors, rider))
      const { state, outputs } = stepLog(
        this.#state,
        { type: 'answered', poll, answer },
        this.#protocol,
      )
      this.#take(state, outputs)
      this.#answered = true
      if (answer.recovering) throw new Error('the database is a standby')
      this.#lastPollMs = clock.monotonic() - startedAt.monotonic
      this.#failing = false
      if (answer.rider) this.#rider?.answered(answer.rider, answer.identity, startedAt)
      return true
    } catch (error) {
      this.#counts.failedPolls++
      this.#failing = true
      if (error instanceof PollOverdue) this.#fallSilent(startedAt)
      this.#deps.onPollFailed?.(error)
      return false
    }
  }

  /** A process that stood still has its answer waiting in the socket: that is no silence of the database. */
  #fallSilent(startedAt: Moment): void {
    const lateMs = this.#elapsed(startedAt) - this.#limits.pollDeadlineMs
    if (lateMs > stallMs || !this.#answered) return
    this.#answered = false
    for (const handler of this.#silenceHandlers) handler()
  }

  /** A statement that outlives its deadline is left to the pool's own timeouts; its answer is not used. */
  async #withDeadline<T>(answer: Promise<T>): Promise<T> {
    const { promise, reject } = deferred<never>()
    const { pollDeadlineMs } = this.#limits
    const timer = setTimeout(
      () => reject(new PollOverdue(`no answer within ${pollDeadlineMs} ms`)),
      pollDeadlineMs,
    )
    try {
      return await Promise.race([answer, promise])
    } finally {
      clearTimeout(timer)
    }
  }

  #take(state: LogState, outputs: readonly LogOutput[]): void {
    this.#state = state
    let pollNow = false
    for (const output of outputs) {
      if (output.type === 'event') this.#emit(output.shard, output.event)
      else if (output.type === 'flush') this.flush(output.why)
      else if (output.type === 'poll-now') pollNow = true
    }
    if (pollNow && !this.#stopped && this.#running) void this.pollNow()
  }

  #emit(shard: number, event: InvalidationEvent): void {
    this.#counts.events++
    for (const handler of this.#eventHandlers) handler(shard, [event])
  }

  /** Forgets everything that came from the database. */
  flush(why: FlushReason): void {
    this.#flushes.set(why, (this.#flushes.get(why) ?? 0) + 1)
    for (const handler of this.#flushHandlers) handler(why)
  }

  #schedule(): void {
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      void this.pollNow().then(() => this.#schedule())
    }, this.#waitMs())
  }

  #waitMs(): number {
    const { alone, pushesArrive } = this.#deps
    const { alonePollMs, calmPollMs, pollMs } = this.#limits
    // A database that is away is asked often: how soon it is back decides how soon requests are served.
    if (!this.#failing && alone?.() === true) return alonePollMs
    return pushesArrive?.() === true ? calmPollMs : pollMs
  }

  #elapsed(since: Moment): number {
    return this.#protocol.elapsed(since, momentOf(this.#deps.clock))
  }
}

function deferred<T>() {
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<T>((_resolve, rejected) => {
    reject = rejected
  })
  return { promise, reject }
}
