import cluster, { type Worker } from 'node:cluster'
import { slotVariable } from '../../config/sources.ts'
import type { HealthReport } from '../../http/management/health-checks.ts'
import type { Logger } from '../../log/logger.ts'
import type { MetricsSnapshot } from '../../telemetry/metrics-snapshot.ts'
import type { LogFiles } from '../log-files.ts'
import type { SupervisorMessage, WorkerMessage } from './worker-messages.ts'

/** Pause before a crashed worker is started again: doubled each time, forgotten once it served for a while. */
const restartPauseMs = 500
const restartPauseMsMax = 30_000
const settledMs = 60_000
/** A worker that says nothing for this long is frozen: it is killed and started again. */
const silenceMsMax = 30_000
const watchIntervalMs = 1_000
const metricsDeadlineMs = 1_000

/** What the supervisor knows of one worker. */
export interface WorkerState {
  readonly worker: Worker
  /** Its place among the workers, from 0; a replacement takes the place of the one that it replaces. */
  readonly slot: number
  readonly startedAt: number
  listening: string | undefined
  ready: HealthReport | undefined
  started: HealthReport | undefined
  heardAt: number
}

export interface WorkerPoolDeps {
  readonly count: number
  /** Arguments of each worker's command line. */
  readonly args: readonly string[]
  readonly logger: Logger
  /** Takes what workers write to files. */
  readonly files: LogFiles
}

/**
 * Starts workers and keeps their number. The first one starts alone, since it may have to migrate the database and to make
 * the first administrator; the others follow when it serves. States: *starting*, *running*, *stopping*.
 */
export class WorkerPool {
  readonly #deps: WorkerPoolDeps
  readonly #states = new Map<number, WorkerState>()
  readonly #metrics = new Map<number, (id: number, snapshot: MetricsSnapshot) => void>()
  #pauseMs = restartPauseMs
  #stopping = false
  #lastQuestion = 0
  #watchedAt = performance.now()
  #firstServed: ((listening: string) => void) | undefined
  #firstFailed: ((exitCode: number) => void) | undefined

  constructor(deps: WorkerPoolDeps) {
    this.#deps = deps
    cluster.setupPrimary({ args: [...deps.args] })
    cluster.on('message', (worker, message: WorkerMessage) => this.#take(worker, message))
    cluster.on('exit', (worker, code, signal) => this.#lost(worker, code, signal))
  }

  /** Workers that run, serving or not. */
  get states(): readonly WorkerState[] {
    return [...this.#states.values()]
  }

  /**
   * Starts the first worker, and when it serves the others.
   * @returns what the first one listens on, or the exit code with which it failed
   */
  async start(): Promise<{ listening: string } | { exitCode: number }> {
    const outcome = new Promise<{ listening: string } | { exitCode: number }>((resolve) => {
      this.#firstServed = (listening) => resolve({ listening })
      this.#firstFailed = (exitCode) => resolve({ exitCode })
    })
    this.#fork(0)
    const first = await outcome
    this.#firstFailed = undefined
    if ('listening' in first) {
      for (let index = 1; index < this.#deps.count && !this.#stopping; index += 1) this.#fork(index)
      setInterval(() => this.#watch(), watchIntervalMs).unref()
    }
    return first
  }

  /** Asks every worker to end in order, and kills who has not after `timeoutMs`. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true
    const ended = this.states.map(({ worker }) => exited(worker))
    for (const { worker } of this.states) tell(worker, { type: 'stop' })
    const timer = setTimeout(() => {
      for (const { worker } of this.states) worker.process.kill('SIGKILL')
    }, timeoutMs)
    await Promise.all(ended)
    clearTimeout(timer)
  }

  /** @returns the metrics of all workers that answer within a second */
  async collectMetrics(): Promise<MetricsSnapshot[]> {
    const id = ++this.#lastQuestion
    const asked = this.states.filter(({ listening }) => listening !== undefined)
    const snapshots: MetricsSnapshot[] = []
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, metricsDeadlineMs)
      this.#metrics.set(id, (_id, snapshot) => {
        snapshots.push(snapshot)
        if (snapshots.length < asked.length) return
        clearTimeout(timer)
        resolve()
      })
      for (const { worker } of asked) tell(worker, { type: 'metrics', id })
      if (asked.length === 0) resolve()
    })
    this.#metrics.delete(id)
    return snapshots
  }

  #fork(slot: number): void {
    const worker = cluster.fork({ [slotVariable]: `${slot}/${this.#deps.count}` })
    const now = performance.now()
    this.#states.set(worker.id, {
      worker,
      slot,
      startedAt: now,
      heardAt: now,
      listening: undefined,
      ready: undefined,
      started: undefined,
    })
  }

  #take(worker: Worker, message: WorkerMessage): void {
    const state = this.#states.get(worker.id)
    if (state === undefined) return
    state.heardAt = performance.now()
    if (message.type === 'lines') {
      this.#deps.files[message.file]?.write(message.text)
    } else if (message.type === 'health') {
      state.ready = message.ready
      state.started = message.started
    } else if (message.type === 'metrics') {
      this.#metrics.get(message.id)?.(message.id, message.snapshot)
    } else {
      state.listening = message.listening
      this.#deps.logger.info(
        `Worker ${worker.id} (process ${worker.process.pid}) ${message.listening}`,
      )
      this.#firstServed?.(message.listening)
    }
  }

  #lost(worker: Worker, code: number | null, signal: string | null): void {
    const state = this.#states.get(worker.id)
    this.#states.delete(worker.id)
    if (this.#stopping || state === undefined) return
    if (this.#firstFailed !== undefined) {
      this.#firstFailed(code ?? 1)
      return
    }
    const lived = performance.now() - state.startedAt
    if (lived > settledMs) this.#pauseMs = restartPauseMs
    this.#deps.logger.error(
      `Worker ${worker.id} (process ${worker.process.pid}) ended with ${signal ?? `exit code ${code}`}; starting another in ${this.#pauseMs} ms`,
    )
    setTimeout(() => {
      if (!this.#stopping) this.#fork(state.slot)
    }, this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, restartPauseMsMax)
  }

  /** Kills frozen workers; a watch that was late itself (a frozen machine) proves nothing and starts anew. */
  #watch(): void {
    const now = performance.now()
    const late = now - this.#watchedAt > watchIntervalMs * 3
    this.#watchedAt = now
    for (const state of this.states) {
      if (late) state.heardAt = now
      else if (now - state.heardAt > silenceMsMax) {
        this.#deps.logger.error(`Worker ${state.worker.id} is frozen and is killed`)
        state.worker.process.kill('SIGKILL')
      }
    }
  }
}

function tell(worker: Worker, message: SupervisorMessage): void {
  if (worker.isConnected()) worker.send(message)
}

function exited(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.once('exit', () => resolve())
  })
}
