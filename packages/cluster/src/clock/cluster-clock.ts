import { uptime as systemUptime } from 'node:os'

/**
 * The three clocks of one machine, all in milliseconds. None alone tells how long something took: the monotonic clock
 * stands still while a machine sleeps, the wall clock may be set, and the uptime is coarse.
 */
export interface ClusterClock {
  /** Never steps; stands still in suspend. Arbitrary origin. */
  monotonic(): number
  /** Counts suspend too. Arbitrary origin. */
  uptime(): number
  /** Since the Unix epoch; may be set forwards and backwards. */
  wall(): number
}

/** One reading of all three clocks. */
export interface Moment {
  readonly monotonic: number
  readonly uptime: number
  readonly wall: number
}

/** @returns what the three clocks show at this instant. */
export function momentOf(clock: ClusterClock): Moment {
  return { monotonic: clock.monotonic(), uptime: clock.uptime(), wall: clock.wall() }
}

/**
 * The longest time that can have passed: for everything that must end in time (leases, freshness). Waiting for others
 * uses the monotonic clock alone, the shortest, so that a clock that is set evicts nobody.
 */
export function longestElapsed(since: Moment, now: Moment): number {
  return Math.max(now.monotonic - since.monotonic, now.uptime - since.uptime, now.wall - since.wall)
}

const uptimeRereadMs = 20

/**
 * @returns the machine's clocks. The uptime costs a system call and a file, so it is read again only when another clock
 * has moved by 20 ms.
 */
export function machineClock(): ClusterClock {
  let uptimeMs = systemUptime() * 1000
  let readAt = performance.now()
  let readAtWall = Date.now()
  return {
    monotonic: () => performance.now(),
    wall: () => Date.now(),
    uptime: () => {
      const monotonic = performance.now()
      const wall = Date.now()
      if (monotonic - readAt >= uptimeRereadMs || Math.abs(wall - readAtWall) >= uptimeRereadMs) {
        uptimeMs = systemUptime() * 1000
        readAt = monotonic
        readAtWall = wall
      }
      return uptimeMs
    },
  }
}
