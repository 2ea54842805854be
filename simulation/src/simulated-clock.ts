import type { ClusterClock } from '@holdfast/cluster'
import type { Scheduler } from './scheduler.ts'

/** The clocks of one simulated machine: they run at its own rate, may sleep, and the wall clock may be set. */
export class SimulatedClock implements ClusterClock {
  readonly #scheduler: Scheduler
  /** How fast its clocks run: 1.04 is 4 % fast. */
  readonly rate: number
  /** What the monotonic clock missed in suspend. */
  #sleptMs = 0
  #wallOffset = 0

  constructor(scheduler: Scheduler, rate: number, wallOffset: number) {
    this.#scheduler = scheduler
    this.rate = rate
    this.#wallOffset = wallOffset
  }

  monotonic(): number {
    return (this.#scheduler.now - this.#sleptMs) * this.rate
  }

  uptime(): number {
    return this.#scheduler.now * this.rate
  }

  wall(): number {
    return this.#scheduler.now * this.rate + this.#wallOffset
  }

  slept(ms: number): void {
    this.#sleptMs += ms
  }

  setWall(byMs: number): void {
    this.#wallOffset += byMs
  }
}
