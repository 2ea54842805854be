import type { CacheStatistics, Fill } from '../cache/cache.ts'
import { CacheCore } from '../cache/cache-core.ts'
import type { FillGuard } from '../cache/fill-guard.ts'
import { StaleCache } from '../cache/stale-cache.ts'
import type { InvalidationEvent } from '../log/invalidation-event.ts'
import { type Cursor, shardOf } from '../log/log-row.ts'
import type { View } from '../membership/view.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'
import type { Copy, OwnerQuestion, Standing } from './owner-messages.ts'
import { answersTo, trustsCopy } from './owner-rules.ts'
import { OwnerTable, segmentOf } from './owner-table.ts'

/** A record as the store has it, and the database that said so. A value of null is a record that is not there: not kept. */
export interface StoredRecord<V> {
  readonly fill: Fill<V>
  readonly identity: string
}

/**
 * What a request needs before it can go on; whoever runs it does that and hands the result back.
 * `ask` gives `{ value }`, or null when no answer came within 50 ms; `read` gives a StoredRecord; `poll` (look at the log at
 * once) and `cast` (tell backups) give nothing.
 */
export type OwnerStep =
  | { readonly type: 'ask'; readonly to: string; readonly question: OwnerQuestion }
  | { readonly type: 'read'; readonly key: string }
  | { readonly type: 'poll'; readonly wait: boolean }
  | { readonly type: 'cast'; readonly copies: readonly Copy[] }

/** A request under way: runs until it needs something, without I/O of its own. */
export type OwnerRequest<T> = Generator<OwnerStep, T, unknown>

/** Copies that a new view gives to another owner. */
export interface Transfer {
  readonly to: string
  readonly view: View
  readonly copies: readonly Copy[]
}

/** Where this node stands at the moment of asking. */
interface OwnerPlace {
  self(): string
  view(): View
  /** Whether this node may act as a member. */
  leaseValid(): boolean
  fresh(): boolean
  identity(): string | undefined
  position(): readonly Cursor[]
  reachable(id: string): boolean
  /** Milliseconds of a monotonic clock. */
  now(): number
}

/** What an OwnerCore is made of. */
export interface OwnerCoreDeps {
  readonly name: string
  /** Owners per key; the first answers, the others hold a warm copy. */
  readonly copies: number
  /** Copies on this node; -1 for no bound. */
  readonly maxCount: number
  /** How long a copy may be used, ms; absent for as long as it is true. */
  readonly maxAgeMs?: number
  /** The events' shard key of a record: its place in the log, and what puts records of one owner together. */
  readonly shardKeyOf: (key: string) => string
  readonly place: OwnerPlace
  /** The node's one fill guard. */
  readonly guard: FillGuard
  readonly protocol?: Protocol
}

/** Counters since the start, for metrics. */
export interface OwnerCacheCounters {
  primaryReads: number
  remoteReads: number
  /** Reads that went to the database because the owner could not answer (R4). */
  bypassed: number
  refusedQuestions: number
  refusedCopies: number
  transferred: number
}

/** How often a read is tried when its answer comes from another database than the log's. */
const readsMax = 3
/** State transfer: at most so many copies per new owner. */
const transferMax = 5_000

/**
 * What a node does with the copies that it owns, and with those of others (cluster.md §7, R1 to R7), without I/O. A
 * request is a generator that stops wherever it needs the network or the database; copies, views and events come in as
 * calls. The server drives it with sockets and SQL, the simulator with virtual time.
 */
export class OwnerCore<V> {
  readonly counters: OwnerCacheCounters = {
    primaryReads: 0,
    remoteReads: 0,
    bypassed: 0,
    refusedQuestions: 0,
    refusedCopies: 0,
    transferred: 0,
  }
  readonly #deps: OwnerCoreDeps
  readonly #protocol: Protocol
  readonly #copies: CacheCore<V>
  #view: View
  #table: OwnerTable

  constructor(deps: OwnerCoreDeps) {
    this.#deps = deps
    this.#protocol = deps.protocol ?? safeProtocol
    this.#copies = new CacheCore(deps.guard, deps.maxCount, deps.maxAgeMs)
    this.#view = deps.place.view()
    this.#table = new OwnerTable(this.#view.members, deps.copies)
  }

  /**
   * The record, from its owner's memory where possible; may lack writes that announce nothing, such as touches.
   * @param anew the owner reads the store again, because its copy gave reason to doubt
   * @throws StaleCache when answers keep coming from another database than the log's
   */
  *read(key: string, anew: boolean): OwnerRequest<V> {
    if (this.#isOwn(key)) return (yield* this.#own(key, anew)).value
    const standing = this.#standing(key)
    const answered = yield* this.#ask({ key, anew, standing })
    if (answered !== null) {
      this.counters.remoteReads++
      return answered.value
    }
    this.counters.bypassed++
    return (yield* this.#stored(key)).fill.value
  }

  /**
   * R2 and R4: answers only who stands in the same view and database and has not seen more of the log.
   * @throws when it may not answer
   */
  *answer(question: OwnerQuestion): OwnerRequest<{ readonly value: V }> {
    const { key, anew, standing } = question
    const stands = answersTo(this.#standing(key), standing)
    if (!stands || !this.#isOwn(key)) {
      this.counters.refusedQuestions++
      if (!stands) yield { type: 'poll', wait: false }
      throw new Error('this owner stands elsewhere')
    }
    const fill = yield* this.#own(key, anew)
    // The lease may have ended, or the view changed, while the database was asked.
    if (!this.#isOwn(key)) throw new Error('this owner stands elsewhere')
    return { value: fill.value }
  }

  /** Copies of the primary, or of a former one: refused unless it has seen at least as much of the same history. */
  receive(copies: readonly Copy[]): void {
    const { guard, place, shardKeyOf } = this.#deps
    for (const copy of copies) {
      const owned = this.#table.owners(segmentOf(shardKeyOf(copy.key))).includes(place.self())
      if (!owned) continue
      const trusted =
        trustsCopy(this.#standing(copy.key), copy.standing, this.#protocol) &&
        copy.ver >= guard.floor(copy.idTag)
      if (!trusted) {
        this.counters.refusedCopies++
        continue
      }
      // Events raise the floor; between two copies the later one wins.
      const known = this.#copies.lookup(copy.key, true, place.now())
      if (known !== undefined && known.ver > copy.ver) continue
      const fill = { value: copy.value as V, ver: copy.ver, idTag: copy.idTag, tags: copy.tags }
      this.#keep(copy.key, fill, guard.token())
    }
  }

  /** R6: what this node was primary of goes to the new primaries; nobody waits for it. */
  follow(view: View): Transfer[] {
    const self = this.#deps.place.self()
    const before = this.#table
    const wasMember = this.#view.members.some(({ id }) => id === self)
    this.#view = view
    this.#table = new OwnerTable(view.members, this.#deps.copies)
    if (!wasMember) return []
    const moving = new Map<string, Copy[]>()
    for (const [key, fill] of this.#copies.entries()) {
      const to = this.#primary(key)
      const mine = before.primary(this.#deps.shardKeyOf(key)) === self
      if (!mine || to === undefined || to === self) continue
      const leaving = moving.get(to) ?? []
      if (leaving.length < transferMax) leaving.push(this.#copyOf(key, fill))
      moving.set(to, leaving)
    }
    return [...moving].map(([to, copies]) => ({ to, view, copies }))
  }

  /**
   * The next part of a transfer.
   * @returns what is still worth sending, as it is now; undefined when the rest of the transfer has become pointless
   */
  batch(transfer: Transfer, from: number, count: number): readonly Copy[] | undefined {
    const { guard, place } = this.#deps
    // A newer view makes this transfer pointless, and a node that is not fresh has nothing to give.
    if (this.#view !== transfer.view || !this.#mayServe() || !place.reachable(transfer.to)) {
      return undefined
    }
    const batch = transfer.copies
      .slice(from, from + count)
      // What was dropped or changed meanwhile stays behind.
      .filter((copy) => this.#isHeld(copy) && copy.ver >= guard.floor(copy.idTag))
      .map((copy) => ({ ...copy, standing: this.#standing(copy.key) }))
    this.counters.transferred += batch.length
    return batch
  }

  /** The guard knows already: it belongs to this node's caches, which hear of events first. */
  drop(events: readonly InvalidationEvent[]): void {
    for (const event of events) {
      if (event.op === 'clear') this.#copies.clear()
      else this.#copies.drop(event.tags)
    }
  }

  clear(): void {
    this.#copies.clear()
  }

  /** What it holds, for checks. */
  entries(): IterableIterator<[string, Fill<V>]> {
    return this.#copies.entries()
  }

  statistics(): CacheStatistics {
    return this.#copies.statistics()
  }

  #primary(key: string): string | undefined {
    return this.#table.primary(this.#deps.shardKeyOf(key))
  }

  #isOwn(key: string): boolean {
    return this.#primary(key) === this.#deps.place.self() && this.#mayServe()
  }

  #mayServe(): boolean {
    const { place } = this.#deps
    return place.leaseValid() && place.fresh()
  }

  #standing(key: string): Standing {
    const { place, shardKeyOf } = this.#deps
    const view = place.view()
    const { v, tag } = place.position()[shardOf(shardKeyOf(key))] ?? { v: -1, tag: 0 }
    return { viewId: view.id, viewTag: view.tag, identity: place.identity() ?? '', v, tag }
  }

  /** Gives null when the owner is unreachable, slow, or stands elsewhere. */
  *#ask(question: OwnerQuestion): OwnerRequest<{ readonly value: V } | null> {
    const { place } = this.#deps
    const to = this.#primary(question.key)
    if (to === undefined || to === place.self() || !place.reachable(to)) return null
    return (yield { type: 'ask', to, question }) as { readonly value: V } | null
  }

  *#own(key: string, anew: boolean): OwnerRequest<Fill<V>> {
    const { place } = this.#deps
    this.counters.primaryReads++
    const held = anew ? undefined : this.#copies.lookup(key, place.fresh(), place.now())
    if (held !== undefined) return held
    const { fill, token } = yield* this.#stored(key)
    if (!this.#isOwn(key)) return fill
    // A copy that was doubted must not outlive what replaces it.
    if (anew) this.#copies.drop([fill.idTag])
    if (!this.#keep(key, fill, token)) return fill
    // R3: backups get what was read, so that one of them can go on as the primary.
    const [, ...backups] = this.#table.owners(segmentOf(this.#deps.shardKeyOf(key)))
    if (backups.length > 0) yield { type: 'cast', copies: [this.#copyOf(key, fill)] }
    return fill
  }

  /** Reads until the answer comes from the database whose log this node follows: after a failover either may be first. */
  *#stored(key: string): OwnerRequest<{ readonly fill: Fill<V>; readonly token: number }> {
    const { place, guard, name } = this.#deps
    for (let attempt = 1; attempt <= readsMax; attempt++) {
      const token = guard.token()
      const { fill, identity } = (yield { type: 'read', key }) as StoredRecord<V>
      if (this.#protocol.fillIsOurs(place.identity(), identity)) return { fill, token }
      yield { type: 'poll', wait: true }
    }
    throw new StaleCache(name, 'the answer came from another database than the log')
  }

  /** What is not there is not kept: it costs room, and a record that is made later would have to announce itself. */
  #keep(key: string, fill: Fill<V>, token: number): boolean {
    const { place } = this.#deps
    if (fill.value === null) return false
    return this.#copies.store(key, fill, token, place.fresh(), place.now())
  }

  #copyOf(key: string, fill: Fill<V>): Copy {
    const { value, ver, idTag, tags } = fill
    return { key, value, ver, idTag, tags, standing: this.#standing(key) }
  }

  #isHeld(copy: Copy): boolean {
    return this.#copies.lookup(copy.key, true, this.#deps.place.now())?.ver === copy.ver
  }
}
