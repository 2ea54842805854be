/** Where time comes from. Everything that reads a clock receives one of these (STYLE.md rule 17). */
export interface Clock {
  /** Milliseconds since the Unix epoch, by this machine's wall clock. */
  now(): number
  /** Milliseconds of a monotonic clock with an arbitrary origin: for leases, freshness and durations only. */
  monotonic(): number
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** @returns whole seconds since the epoch, the unit of `iat`, `exp` and `auth_time` (RFC 7519 §2 NumericDate). */
export function epochSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000)
}
