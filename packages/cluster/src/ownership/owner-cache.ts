import type { Cache, CacheStatistics, Fill } from '../cache/cache.ts'
import { CacheCore } from '../cache/cache-core.ts'
import type { FillGuard } from '../cache/fill-guard.ts'
import { StaleCache } from '../cache/stale-cache.ts'
import type { InvalidationEvent } from '../log/invalidation-event.ts'
import type { Cursor } from '../log/log-row.ts'
import { shardOf } from '../log/log-row.ts'
import type { Membership, View } from '../membership/view.ts'
import type { Mesh } from '../mesh/mesh.ts'
import {
  type Copy,
  type OwnerQuestion,
  parseCopies,
  parseQuestion,
  type Standing,
} from './owner-messages.ts'
import { answersTo, trustsCopy } from './owner-rules.ts'
import { OwnerTable, segmentOf } from './owner-table.ts'

/** A record as the store has it, and the database that said so. A value of null is a record that is not there: not kept. */
export interface StoredRecord<V> {
  readonly fill: Fill<V>
  readonly identity: string
}

/** How the records behind a distributed cache are read and written: the truth. */
export interface OwnedRecords<V> {
  /** The events' shard key of a record: its place in the log, and what puts records of one owner together. */
  shardKeyOf(key: string): string
  /** Reads the record from the primary database, in one snapshot. */
  read(key: string): Promise<StoredRecord<V>>
  /**
   * Compare-and-set. Absent where every write takes R5's path by itself: the store and an event, past the owners.
   * @param announce append an invalidation event in the same transaction, for owner copies that this write passes by
   * @returns the record as it is now, whether or not the change could be made
   */
  write?(key: string, change: unknown, announce: boolean): Promise<StoredRecord<V>>
}

/** The part of the invalidation log that owners need. */
interface OwnerLog {
  fresh(): boolean
  identity(): string | undefined
  position(): readonly Cursor[]
  pollNow(): Promise<boolean>
  onEvents(handler: (shard: number, events: readonly InvalidationEvent[]) => void): void
  onFlush(handler: (why: string) => void): void
}

export interface OwnerCacheDeps<V> {
  readonly name: string
  /** Owners per key; the first answers, the others hold a warm copy. */
  readonly copies: number
  /** Copies on this node; -1 for no bound. */
  readonly maxCount: number
  /** How long a copy may be used, ms; absent for as long as it is true. */
  readonly maxAgeMs?: number
  readonly records: OwnedRecords<V>
  readonly mesh: Mesh
  readonly membership: Membership
  readonly log: OwnerLog
  /** The node's one fill guard. */
  readonly guard: FillGuard
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number
  /** Waits; injected for tests. */
  readonly pause: (ms: number) => Promise<void>
}

/** Counters since the start, for metrics. */
export interface OwnerCacheCounters {
  primaryReads: number
  remoteReads: number
  /** Reads and writes that went to the database because the owner could not answer (R4, R5). */
  bypassed: number
  refusedQuestions: number
  refusedCopies: number
  transferred: number
}

/** No caller waits longer for an owner (cluster.md §1, rule 7). */
const ownerDeadlineMs = 50
/** State transfer: this many copies per message, with a pause between messages; at most so many in all. */
const transferBatch = 50
const transferPauseMs = 20
const transferMax = 5_000
/** How often a read is tried when its answer comes from another database than the log's. */
const readsMax = 3

/**
 * A distributed cache with owners (cluster.md §7). Each key has a primary owner, a function of the view; reads and writes
 * go to it, and past it to the database whenever it cannot answer in time or stands elsewhere. Copies serve lists and
 * look-ups; what issues or extends tokens reads the database itself (R1). Removals must append an invalidation event.
 */
export class OwnerCache<V> implements Cache {
  readonly name: string
  readonly counters: OwnerCacheCounters = {
    primaryReads: 0,
    remoteReads: 0,
    bypassed: 0,
    refusedQuestions: 0,
    refusedCopies: 0,
    transferred: 0,
  }
  readonly #deps: OwnerCacheDeps<V>
  readonly #copies: CacheCore<V>
  #view: View
  #table: OwnerTable

  constructor(deps: OwnerCacheDeps<V>) {
    const { guard, maxCount, mesh, membership, log, name } = deps
    this.name = name
    this.#deps = deps
    this.#copies = new CacheCore(guard, maxCount, deps.maxAgeMs)
    this.#view = membership.view()
    this.#table = new OwnerTable(this.#view.members, deps.copies)
    mesh.onRequest(`owner.${name}`, (body) => this.#answer(parseQuestion(body)))
    mesh.onCast(`owner.${name}.copies`, (body) => this.#receive(parseCopies(body)))
    membership.onView((view) => this.#follow(view))
    log.onEvents((_shard, events) => this.#drop(events))
    log.onFlush(() => this.#copies.clear())
  }

  /**
   * The record, from its owner's memory where possible; may lack writes that announce nothing, such as touches.
   * @param anew the owner reads the store again, because its copy gave reason to doubt
   * @throws StaleCache when answers keep coming from another database than the log's
   */
  async read(key: string, anew = false): Promise<V> {
    if (this.#isOwn(key)) return (await this.#own(key, anew)).value
    const standing = this.#standing(key)
    const answered = await this.#ask<{ value: V }>({ op: 'read', key, anew, standing })
    if (answered !== null) {
      this.counters.remoteReads++
      return answered.value
    }
    this.counters.bypassed++
    return (await this.#stored(() => this.#deps.records.read(key))).value
  }

  /** Changes the record by compare-and-set at its owner, or past it. @returns the record as it is then */
  async write(key: string, change: unknown): Promise<V> {
    if (this.#isOwn(key)) return (await this.#writeOwn(key, change)).value
    const standing = this.#standing(key)
    const answered = await this.#ask<{ value: V }>({ op: 'write', key, change, standing })
    if (answered !== null) return answered.value
    // R5: whether the owner got it is unknown, so the compare-and-set decides and the event ends every copy.
    this.counters.bypassed++
    return (await this.#changed(key, change, true)).fill.value
  }

  statistics(): CacheStatistics {
    return this.#copies.statistics()
  }

  clear(): void {
    this.#deps.guard.clear()
    this.#copies.clear()
  }

  #primary(key: string): string | undefined {
    return this.#table.primary(this.#deps.records.shardKeyOf(key))
  }

  #isOwn(key: string): boolean {
    return this.#primary(key) === this.#deps.membership.self.id && this.#mayServe()
  }

  #mayServe(): boolean {
    return this.#deps.membership.leaseValid() && this.#deps.log.fresh()
  }

  #standing(key: string): Standing {
    const { log, membership } = this.#deps
    const view = membership.view()
    const shard = shardOf(this.#deps.records.shardKeyOf(key))
    const { v, tag } = log.position()[shard] ?? { v: -1, tag: 0 }
    return { viewId: view.id, viewTag: view.tag, identity: log.identity() ?? '', v, tag }
  }

  /** @returns null when the owner is unreachable, slow, or stands elsewhere */
  async #ask<T>(question: OwnerQuestion): Promise<T | null> {
    const { mesh, name, membership } = this.#deps
    const primary = this.#primary(question.key)
    if (primary === undefined || primary === membership.self.id || !mesh.reachable(primary))
      return null
    try {
      return (await mesh.request(primary, `owner.${name}`, question, ownerDeadlineMs)) as T
    } catch {
      return null
    }
  }

  /** R2 and R4: answers only who stands in the same view and database and has not seen more of the log. */
  async #answer(question: OwnerQuestion): Promise<{ value: V }> {
    const { key, standing } = question
    const mine = this.#standing(key)
    const stands = answersTo(mine, standing)
    if (!stands || !this.#isOwn(key)) {
      this.counters.refusedQuestions++
      if (!stands) void this.#deps.log.pollNow()
      throw new Error('this owner stands elsewhere')
    }
    const fill =
      question.op === 'read'
        ? await this.#own(key, question.anew)
        : await this.#writeOwn(key, question.change)
    return { value: fill.value }
  }

  async #own(key: string, anew: boolean): Promise<Fill<V>> {
    const { records, log, now, guard } = this.#deps
    this.counters.primaryReads++
    const held = anew ? undefined : this.#copies.lookup(key, log.fresh(), now())
    if (held !== undefined) return held
    let token = guard.token()
    const fill = await this.#stored(() => {
      token = guard.token()
      return records.read(key)
    })
    // A copy that was doubted must not outlive what replaces it.
    if (anew) this.#copies.drop([fill.idTag])
    this.#keep(key, fill, token)
    return fill
  }

  /** Reads until the answer comes from the database whose log this node follows: after a failover either may be first. */
  async #stored(read: () => Promise<StoredRecord<V>>): Promise<Fill<V>> {
    const { log, name } = this.#deps
    for (let attempt = 1; attempt <= readsMax; attempt++) {
      const { fill, identity } = await read()
      if (identity === log.identity()) return fill
      await log.pollNow()
    }
    throw new StaleCache(name, 'the answer came from another database than the log')
  }

  async #changed(key: string, change: unknown, announce: boolean): Promise<StoredRecord<V>> {
    const { records, name } = this.#deps
    if (records.write === undefined) throw new Error(`${name} is not written through its owners`)
    return await records.write(key, change, announce)
  }

  /** R3: the store decides, the own copy follows, backups are told. */
  async #writeOwn(key: string, change: unknown): Promise<Fill<V>> {
    const { guard, mesh, name, log, records } = this.#deps
    const token = guard.token()
    const { fill, identity } = await this.#changed(key, change, false)
    const overtaken = !guard.admits(token, fill) || identity !== log.identity()
    // Fills that began before this write must not come after it.
    guard.invalidate([fill.idTag], fill.ver)
    this.#copies.drop([fill.idTag])
    if (overtaken || !this.#keep(key, fill, guard.token())) return fill
    const [, ...backups] = this.#table.owners(segmentOf(records.shardKeyOf(key)))
    if (backups.length > 0) mesh.cast(`owner.${name}.copies`, [this.#copyOf(key, fill)])
    return fill
  }

  /** What is not there is not kept: it costs room, and a record that is made later would have to announce itself. */
  #keep(key: string, fill: Fill<V>, token: number): boolean {
    if (fill.value === null) return false
    return this.#copies.store(key, fill, token, this.#deps.log.fresh(), this.#deps.now())
  }

  #copyOf(key: string, fill: Fill<V>): Copy {
    const { value, ver, idTag, tags } = fill
    return { key, value, ver, idTag, tags, standing: this.#standing(key) }
  }

  /** Copies of the primary, or of a former one: refused unless it has seen at least as much of the same history. */
  #receive(copies: readonly Copy[]): void {
    const { membership, guard } = this.#deps
    for (const copy of copies) {
      const mine = this.#standing(copy.key)
      const place = segmentOf(this.#deps.records.shardKeyOf(copy.key))
      const owned = this.#table.owners(place).includes(membership.self.id)
      const trusted = trustsCopy(mine, copy.standing) && copy.ver >= guard.floor(copy.idTag)
      if (!owned || !trusted) {
        if (owned) this.counters.refusedCopies++
        continue
      }
      // A floor was raised by this node's own writes and by events; between two copies the later one wins.
      const known = this.#copies.lookup(copy.key, true, this.#deps.now())
      if (known !== undefined && known.ver > copy.ver) continue
      const fill = { value: copy.value as V, ver: copy.ver, idTag: copy.idTag, tags: copy.tags }
      this.#keep(copy.key, fill, guard.token())
    }
  }

  /** R6: what this node was primary of goes to the new primary, as far as it is worth it; nobody waits for it. */
  #follow(view: View): void {
    const { membership, copies } = this.#deps
    const before = this.#table
    const wasMember = this.#view.members.some(({ id }) => id === membership.self.id)
    this.#view = view
    this.#table = new OwnerTable(view.members, copies)
    if (!wasMember) return
    const moving = new Map<string, Copy[]>()
    for (const [key, fill] of this.#copies.entries()) {
      const to = this.#primary(key)
      const mine = before.primary(this.#deps.records.shardKeyOf(key)) === membership.self.id
      if (!mine || to === undefined || to === membership.self.id) continue
      const leaving = moving.get(to) ?? []
      leaving.push(this.#copyOf(key, fill))
      moving.set(to, leaving)
    }
    for (const [to, leaving] of moving)
      void this.#transfer(to, leaving.slice(0, transferMax), view.id)
  }

  async #transfer(to: string, leaving: readonly Copy[], viewId: number): Promise<void> {
    const { mesh, name, pause, guard } = this.#deps
    for (let at = 0; at < leaving.length; at += transferBatch) {
      // A newer view makes this transfer pointless, and a node that is not fresh has nothing to give.
      if (this.#view.id !== viewId || !this.#mayServe() || !mesh.reachable(to)) return
      const batch = leaving
        .slice(at, at + transferBatch)
        // What was dropped or changed meanwhile stays behind.
        .filter((copy) => this.#isHeld(copy) && copy.ver >= guard.floor(copy.idTag))
        .map((copy) => ({ ...copy, standing: this.#standing(copy.key) }))
      mesh.cast(`owner.${name}.copies`, batch)
      this.counters.transferred += batch.length
      await pause(transferPauseMs)
    }
  }

  #isHeld(copy: Copy): boolean {
    return this.#copies.lookup(copy.key, true, this.#deps.now())?.ver === copy.ver
  }

  /** The guard knows already: it belongs to this node's caches, which hear of events first. */
  #drop(events: readonly InvalidationEvent[]): void {
    for (const event of events) {
      if (event.op === 'clear') this.#copies.clear()
      else this.#copies.drop(event.tags)
    }
  }
}
