import { monitorEventLoopDelay } from 'node:perf_hooks'

const resolutionMs = 1

/** What the load generator did itself: near 1, or late by much, a figure would be the generator's and not the server's. */
export interface GeneratorUse {
  /** Of its event loop's time, that in which it did something or wanted to and was kept from its core. */
  readonly busyShare: number
  /** How late its event loop came to its timers, in milliseconds, in the slowest hundredth of cases. */
  readonly lateMsP99: number
}

/** Watches the event loop of this process, which puts on the load, from now until `end`. */
export function watchGenerator(): { end(): GeneratorUse } {
  const from = performance.eventLoopUtilization()
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  delays.enable()
  return {
    end() {
      delays.disable()
      return {
        busyShare: performance.eventLoopUtilization(from).utilization,
        // What is recorded is the time between two looks, in nanoseconds.
        lateMsP99: Math.max(0, delays.percentile(99) / 1e6 - resolutionMs),
      }
    },
  }
}
