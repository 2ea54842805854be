import { hashOf } from '../log/log-row.ts'

/** How many parts the keys of a distributed cache are cut into. */
export const segmentCount = 256

/** What decides about a member's share and place; every `Node` of a `View` fits. */
export interface OwnerCandidate {
  readonly id: string
  readonly site: string | null
  readonly rack: string | null
  readonly machine: string | null
  /** Share of the keys relative to others; 1 unless given, 0 for none. */
  readonly weight?: number
}

/** @returns the segment (0 to 255) of a key; the same on every node and in every version */
export function segmentOf(key: string): number {
  return mix(hashOf(key)) % segmentCount
}

/**
 * Who owns which segment: weighted rendezvous hashing over the members, then the copies are spread over sites, racks and
 * machines (cluster.md §7). A function of the view alone, so that every node computes the same table and there is no
 * rebalancing to agree on; a member that comes or goes moves only the segments that it gets or had.
 */
export class OwnerTable {
  readonly #able: readonly OwnerCandidate[]
  readonly #copies: number
  /** Computed when asked for: most views change again before most segments matter. */
  readonly #owners: (readonly string[])[] = []

  /** @param copies owners per segment, the first being the primary; fewer when there are fewer members */
  constructor(members: readonly OwnerCandidate[], copies: number) {
    this.#able = members.filter(({ weight }) => (weight ?? 1) > 0)
    this.#copies = copies
  }

  /** Ids of the owners of a segment, primary first; empty when the view is. */
  owners(segment: number): readonly string[] {
    this.#owners[segment] ??= ownersOf(this.#able, segment, this.#copies)
    return this.#owners[segment]
  }

  /** @returns the id of the member that answers for `key`, or undefined when the view is empty */
  primary(key: string): string | undefined {
    return this.owners(segmentOf(key))[0]
  }

  /** The segments of which `id` is the primary owner. */
  primarySegments(id: string): number[] {
    const segments = Array.from({ length: segmentCount }, (_, segment) => segment)
    return segments.filter((segment) => this.owners(segment)[0] === id)
  }
}

function ownersOf(members: readonly OwnerCandidate[], segment: number, copies: number): string[] {
  const ranked = members
    .map((member) => ({ member, score: scoreOf(member, segment) }))
    .sort((a, b) => b.score - a.score || (a.member.id < b.member.id ? -1 : 1))
    .map(({ member }) => member)
  const chosen: OwnerCandidate[] = []
  while (chosen.length < copies && chosen.length < ranked.length) {
    const left = ranked.filter((member) => !chosen.includes(member))
    chosen.push(farthest(left, chosen))
  }
  return chosen.map(({ id }) => id)
}

/** The best ranked among those that share least with the owners chosen so far. */
function farthest(
  left: readonly OwnerCandidate[],
  chosen: readonly OwnerCandidate[],
): OwnerCandidate {
  let best = left[0] as OwnerCandidate
  let bestShared = sharedPlace(best, chosen)
  for (const member of left) {
    const shared = sharedPlace(member, chosen)
    if (shared < bestShared) {
      best = member
      bestShared = shared
    }
  }
  return best
}

/** 0 another site than all of `chosen`, 1 the same site, 2 the same rack, 3 the same machine as one of them. */
function sharedPlace(member: OwnerCandidate, chosen: readonly OwnerCandidate[]): number {
  let shared = 0
  for (const other of chosen) {
    if (member.site !== other.site) continue
    const sameRack = member.rack === other.rack
    shared = Math.max(shared, sameRack ? (member.machine === other.machine ? 3 : 2) : 1)
  }
  return shared
}

/** Weighted rendezvous: -w / ln(u) with u uniform in (0, 1) gives each member a share in proportion to its weight. */
function scoreOf({ id, weight }: OwnerCandidate, segment: number): number {
  const high = mix(hashOf(`${id}#${segment}`))
  const low = mix(high ^ hashOf(`${segment}@${id}`))
  const uniform = (high * 2 ** 21 + (low >>> 11) + 0.5) / 2 ** 53
  return -(weight ?? 1) / Math.log(uniform)
}

/** MurmurHash3's finalizer: every input bit reaches every output bit. */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16)
  mixed = Math.imul(mixed, 0x85ebca6b)
  mixed ^= mixed >>> 13
  mixed = Math.imul(mixed, 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
