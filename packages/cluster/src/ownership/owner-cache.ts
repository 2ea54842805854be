import type { Cache, CacheStatistics } from '../cache/cache.ts'
import type { FillGuard } from '../cache/fill-guard.ts'
import type { InvalidationEvent } from '../log/invalidation-event.ts'
import type { Cursor } from '../log/log-row.ts'
import type { Membership } from '../membership/view.ts'
import type { Mesh } from '../mesh/mesh.ts'
import {
  type OwnerCacheCounters,
  OwnerCore,
  type OwnerRequest,
  type OwnerStep,
  type StoredRecord,
  type Transfer,
} from './owner-core.ts'
import { type OwnerQuestion, parseCopies, parseQuestion } from './owner-messages.ts'

/** How the records behind a distributed cache are read: the truth. Writes go there past the owners, with an event (R5). */
export interface OwnedRecords<V> {
  /** The events' shard key of a record: its place in the log, and what puts records of one owner together. */
  shardKeyOf(key: string): string
  /** Reads the record from the primary database, in one snapshot. */
  read(key: string): Promise<StoredRecord<V>>
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

/** No caller waits longer for an owner (cluster.md §1, rule 7). */
const ownerDeadlineMs = 50
/** State transfer: this many copies per message, with a pause between messages. */
const transferBatch = 50
const transferPauseMs = 20

/**
 * A distributed cache with owners (cluster.md §7). Each key has a primary owner, a function of the view; reads go
 * to it, and past it to the database whenever it cannot answer in time or stands elsewhere. Copies serve lists and
 * look-ups; what issues or extends tokens reads the database itself (R1). Removals must append an invalidation event.
 */
export class OwnerCache<V> implements Cache {
  readonly name: string
  readonly #deps: OwnerCacheDeps<V>
  readonly #core: OwnerCore<V>

  constructor(deps: OwnerCacheDeps<V>) {
    const { guard, maxCount, mesh, membership, log, name, copies, records, now } = deps
    this.name = name
    this.#deps = deps
    this.#core = new OwnerCore<V>({
      name,
      copies,
      maxCount,
      ...(deps.maxAgeMs === undefined ? {} : { maxAgeMs: deps.maxAgeMs }),
      shardKeyOf: (key) => records.shardKeyOf(key),
      guard,
      place: {
        self: () => membership.self.id,
        view: () => membership.view(),
        leaseValid: () => membership.leaseValid(),
        fresh: () => log.fresh(),
        identity: () => log.identity(),
        position: () => log.position(),
        reachable: (id) => mesh.reachable(id),
        now,
      },
    })
    mesh.onRequest(`owner.${name}`, (body) => this.#run(this.#core.answer(parseQuestion(body))))
    mesh.onCast(`owner.${name}.copies`, (body) => this.#core.receive(parseCopies(body)))
    membership.onView((view) => {
      for (const transfer of this.#core.follow(view)) void this.#send(transfer)
    })
    log.onEvents((_shard, events) => this.#core.drop(events))
    log.onFlush(() => this.#core.clear())
  }

  get counters(): OwnerCacheCounters {
    return this.#core.counters
  }

  /**
   * The record, from its owner's memory where possible; may lack writes that announce nothing, such as touches.
   * @param anew the owner reads the store again, because its copy gave reason to doubt
   * @throws StaleCache when answers keep coming from another database than the log's
   */
  read(key: string, anew = false): Promise<V> {
    return this.#run(this.#core.read(key, anew))
  }

  statistics(): CacheStatistics {
    return this.#core.statistics()
  }

  clear(): void {
    this.#deps.guard.clear()
    this.#core.clear()
  }

  /** Does what a request needs, step by step, until it has its result. */
  async #run<T>(request: OwnerRequest<T>): Promise<T> {
    let at = request.next()
    while (at.done !== true) {
      let result: unknown
      try {
        result = await this.#perform(at.value)
      } catch (error) {
        at = request.throw(error)
        continue
      }
      at = request.next(result)
    }
    return at.value
  }

  async #perform(step: OwnerStep): Promise<unknown> {
    const { records, log, mesh, name } = this.#deps
    switch (step.type) {
      case 'ask':
        return await this.#ask(step.to, step.question)
      case 'read':
        return await records.read(step.key)
      case 'poll':
        return step.wait ? await log.pollNow() : void log.pollNow()
      case 'cast':
        mesh.cast(`owner.${name}.copies`, step.copies)
    }
  }

  async #ask(to: string, question: OwnerQuestion): Promise<unknown> {
    const { mesh, name } = this.#deps
    return await mesh.request(to, `owner.${name}`, question, ownerDeadlineMs).catch(() => null)
  }

  async #send(transfer: Transfer): Promise<void> {
    const { mesh, name, pause } = this.#deps
    for (let at = 0; at < transfer.copies.length; at += transferBatch) {
      const batch = this.#core.batch(transfer, at, transferBatch)
      if (batch === undefined) return
      mesh.cast(`owner.${name}.copies`, batch)
      await pause(transferPauseMs)
    }
  }
}
