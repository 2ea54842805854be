import type { ClusterAuthority } from './certificates.ts'

const dayMs = 86_400_000

/** The authorities of a cluster by their part in a rotation. */
export interface Generations {
  readonly next: ClusterAuthority | null
  readonly current: ClusterAuthority | null
  readonly previous: ClusterAuthority | null
}

/** @returns the newest authority of each kind */
export function generationsOf(authorities: readonly ClusterAuthority[]): Generations {
  const newest = (kind: ClusterAuthority['kind']) =>
    authorities
      .filter((each) => each.kind === kind)
      .reduce<ClusterAuthority | null>(
        (best, each) => (best === null || each.createdAt > best.createdAt ? each : best),
        null,
      )
  return { next: newest('next'), current: newest('current'), previous: newest('previous') }
}

export type RotationAction = 'create-first' | 'publish-next' | 'activate-next' | 'none'

/**
 * What the coordinator does next. A new authority is published before it signs anything, and signs only once every
 * member trusts it, so no handshake ever meets an authority that it does not know.
 * @param now milliseconds since the epoch; compared with stored times of days, a skew of minutes does not matter
 * @param allTrustNext every member has confirmed, or has had ample time to re-read, the `next` authority
 */
export function rotationAction(
  generations: Generations,
  now: number,
  intervalDays: number,
  allTrustNext: boolean,
): RotationAction {
  const { next, current } = generations
  if (current === null || (current.expiresAt <= now && next === null)) return 'create-first'
  if (next !== null) return allTrustNext || current.expiresAt <= now ? 'activate-next' : 'none'
  return now - current.createdAt >= intervalDays * dayMs ? 'publish-next' : 'none'
}

/** @returns the authorities whose nodes are accepted: the present one and both neighbours, as long as they are valid */
export function trustedAuthorities(generations: Generations, now: number): ClusterAuthority[] {
  const { next, current, previous } = generations
  return [current, next, previous].filter(
    (each) => each !== null && each.expiresAt > now,
  ) as ClusterAuthority[]
}
