import { Worker } from 'node:worker_threads'

/** What a watchdog is made of. */
export interface EventLoopWatchdogDeps {
  /** A stall longer than this makes the node unhealthy: half a lease. */
  readonly stallMs?: number
  /** So long must the loop have turned without a stall before the node is healthy again. */
  readonly calmMs?: number
}

const turnMs = 250
const defaults = { stallMs: 4500, calmMs: 2000 }

/** Slots of the shared memory. */
const turns = 0
const stalled = 1
const stalls = 2
const longestMs = 3

/**
 * Runs in the thread that watches; as text, for a worker's file would have to exist beside both source and build.
 * A gap in the watcher's own turns is the machine's, not the loop's: it is left out.
 */
const watcher = `
const { workerData: { memory, stallMs, calmMs, turnMs } } = require('node:worker_threads')
const cells = new Int32Array(memory)
let seen = -1, still = 0, calm = 0, last = performance.now()
setInterval(() => {
  const now = performance.now()
  const step = Math.min(now - last, 2 * turnMs)
  last = now
  const count = Atomics.load(cells, ${turns})
  if (count !== seen) { seen = count; still = 0; calm += step } else { still += step }
  if (still > stallMs) {
    calm = 0
    if (Atomics.exchange(cells, ${stalled}, 1) === 0) Atomics.add(cells, ${stalls}, 1)
    if (still > Atomics.load(cells, ${longestMs})) Atomics.store(cells, ${longestMs}, Math.floor(still))
  } else if (calm > calmMs) Atomics.store(cells, ${stalled}, 0)
}, turnMs)
`

/**
 * A thread that watches whether the main thread's event loop turns. A node that stalls for half a lease holds its
 * heartbeat back until the loop has turned steadily again, rather than flicker in and out of the view.
 */
export class EventLoopWatchdog {
  readonly #cells = new Int32Array(new SharedArrayBuffer(16))
  readonly #worker: Worker
  readonly #timer: NodeJS.Timeout

  constructor({ stallMs, calmMs }: EventLoopWatchdogDeps = {}) {
    const workerData = {
      memory: this.#cells.buffer,
      stallMs: stallMs ?? defaults.stallMs,
      calmMs: calmMs ?? defaults.calmMs,
      turnMs,
    }
    this.#worker = new Worker(watcher, { eval: true, workerData, name: 'event-loop-watchdog' })
    this.#worker.unref()
    this.#timer = setInterval(() => Atomics.add(this.#cells, turns, 1), turnMs)
    this.#timer.unref()
  }

  /** Whether the loop stalled a short while ago. */
  stalled(): boolean {
    return Atomics.load(this.#cells, stalled) === 1
  }

  /** Stalls since the start, and the longest in ms. */
  statistics(): { readonly stalls: number; readonly longestMs: number } {
    return {
      stalls: Atomics.load(this.#cells, stalls),
      longestMs: Atomics.load(this.#cells, longestMs),
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#worker.terminate()
  }
}
