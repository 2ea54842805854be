import { LRUCache } from 'lru-cache'
import { hashOf } from '../log/log-row.ts'
import { type Protocol, safeProtocol } from '../protocol.ts'

const stripeCount = 4096
const floorsMax = 50_000

/** What decides whether a loaded value may be kept: its version and the tags by which a change would be announced. */
export interface Guarded {
  readonly ver: number
  readonly idTag: string
  readonly tags: readonly string[]
}

/**
 * Refuses fills that an invalidation overtook (cluster.md §5, fill race). The node counts invalidations; a fill remembers
 * the count at its begin, and each of 4,096 stripes of tags the count at its last invalidation. Version floors refuse a
 * record older than one that was announced.
 */
export class FillGuard {
  readonly #protocol: Protocol
  readonly #last = new Float64Array(stripeCount)
  /** Made by the first change: a map of this size takes a hundredth of a second of a start. */
  #floors: LRUCache<string, number> | undefined
  readonly #floorsMax: number
  /** Floors that no longer fit in the map: the highest of each stripe. */
  readonly #stripeFloors = new Float64Array(stripeCount)
  #count = 0

  constructor(protocol: Protocol = safeProtocol, floors = floorsMax) {
    this.#protocol = protocol
    this.#floorsMax = floors
  }

  /** The number of invalidations so far: taken before a load's first statement is sent. */
  token(): number {
    return this.#count
  }

  /** @param ver the new version of the record whose own tag is `tags[0]` */
  invalidate(tags: readonly string[], ver?: number): void {
    this.#count++
    for (const tag of tags) this.#last[stripeOf(tag)] = this.#count
    const idTag = tags[0]
    if (idTag !== undefined && ver !== undefined) this.#raise(idTag, ver)
  }

  /** Refuses all fills in flight. */
  clear(): void {
    this.#count++
    if (this.#protocol.clearRefusesFills) this.#last.fill(this.#count)
  }

  /** Forgets the floors too: versions of another history mean nothing. */
  reset(): void {
    this.clear()
    this.#floors?.clear()
    this.#stripeFloors.fill(0)
  }

  /** Whether a value whose load began at `token` may be kept. */
  admits(token: number, value: Guarded): boolean {
    const overtaken = (tag: string) =>
      this.#protocol.overtakes(this.#last[stripeOf(tag)] ?? 0, token)
    return (
      !overtaken(value.idTag) && !value.tags.some(overtaken) && value.ver >= this.floor(value.idTag)
    )
  }

  /** The lowest version of this record that may be kept. */
  floor(idTag: string): number {
    return this.#floors?.get(idTag) ?? this.#stripeFloors[stripeOf(idTag)] ?? 0
  }

  #raise(idTag: string, ver: number): void {
    this.#floors ??= this.#makeFloors()
    if (ver > (this.#floors.get(idTag) ?? 0)) this.#floors.set(idTag, ver)
  }

  #makeFloors(): LRUCache<string, number> {
    return new LRUCache({
      max: this.#floorsMax,
      dispose: (ver, tag, reason) => {
        if (reason !== 'evict') return
        const stripe = stripeOf(tag)
        this.#stripeFloors[stripe] = Math.max(this.#stripeFloors[stripe] ?? 0, ver)
      },
    })
  }
}

function stripeOf(tag: string): number {
  return hashOf(tag) & (stripeCount - 1)
}
