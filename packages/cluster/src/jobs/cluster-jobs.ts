import type { SqlConnection } from '../log/sql-connection.ts'
import { checkLease, type JobLease, JobLeaseLost, JobLeaseStore } from './job-lease-store.ts'

/** What a job may use: its lease, to be checked first in each transaction that writes. */
export interface JobRun {
  readonly lease: JobLease
  /** @throws JobLeaseLost when another node has taken the job over */
  check(tx: SqlConnection): Promise<void>
}

/** What the jobs of a node need of its membership. */
export interface JobMembership {
  readonly self: { readonly id: string; readonly incarnation: number }
  leaseValid(): boolean
  view(): { readonly members: readonly { readonly id: string }[] }
}

/** What ClusterJobs is made of. */
export interface ClusterJobsDeps {
  readonly connection: SqlConnection
  readonly cluster: string
  readonly membership: JobMembership
  /** Called when a run fails; the job runs again at its next time. */
  readonly onFailure?: (job: string, error: unknown) => void
  /** How often a node looks whether a job is due, at most. Default 10 s. */
  readonly lookMs?: number
}

const lookMsDefault = 10_000

/** Jobs that run once in the cluster, whoever runs them: expiry, rotation of keys and certificates. */
export class ClusterJobs {
  readonly #deps: ClusterJobsDeps
  readonly #store: JobLeaseStore
  readonly #looks = new Map<string, () => void>()
  readonly #timers = new Map<string, NodeJS.Timeout>()
  readonly #running = new Set<Promise<void>>()
  #begun = false
  #stopped = false

  constructor(deps: ClusterJobsDeps) {
    this.#deps = deps
    this.#store = new JobLeaseStore(deps.connection, deps.cluster)
  }

  /** Looks for work from now on: called when the node serves, since the first look of each job takes a connection. */
  begin(): void {
    this.#begun = true
    for (const look of this.#looks.values()) look()
  }

  /**
   * Runs a job every `intervalMs` on one member of the cluster, once begun.
   * @param work checks its lease in each transaction
   */
  every(job: string, intervalMs: number, work: (run: JobRun) => Promise<void>): void {
    if (this.#looks.has(job)) throw new Error(`the job ${job} runs already`)
    const { membership, lookMs = lookMsDefault } = this.#deps
    // Who is alone has nobody to take a job over from.
    const alone = () => membership.view().members.every(({ id }) => id === membership.self.id)
    const waitMs = () => (alone() ? intervalMs : Math.min(intervalMs, lookMs))
    const look = () => {
      if (this.#stopped) return
      const run = this.#look(job, intervalMs, work)
      this.#running.add(run)
      void run.finally(() => {
        this.#running.delete(run)
        if (!this.#stopped) this.#timers.set(job, setTimeout(look, waitMs()))
      })
    }
    this.#looks.set(job, look)
    if (this.#begun) look()
  }

  /**
   * Runs a job now if it is due and this node has or gets its lease.
   * @returns whether it ran
   */
  async runIfDue(
    job: string,
    intervalMs: number,
    work: (run: JobRun) => Promise<void>,
  ): Promise<boolean> {
    const { membership } = this.#deps
    if (!membership.leaseValid()) return false
    const { id, incarnation } = membership.self
    const lease = await this.#store.acquire(job, id, incarnation)
    if (lease === undefined || !(await this.#store.claimRun(lease, intervalMs))) return false
    await work({ lease, check: (tx) => checkLease(tx, lease) })
    return true
  }

  /** Starts no more runs and waits for those under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const timer of this.#timers.values()) clearTimeout(timer)
    await Promise.allSettled(this.#running)
  }

  async #look(
    job: string,
    intervalMs: number,
    work: (run: JobRun) => Promise<void>,
  ): Promise<void> {
    try {
      await this.runIfDue(job, intervalMs, work)
    } catch (error) {
      if (!(error instanceof JobLeaseLost)) this.#deps.onFailure?.(job, error)
    }
  }
}
