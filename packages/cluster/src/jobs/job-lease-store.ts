import type { SqlConnection } from '../log/sql-connection.ts'

/** Proof that this node runs a job, to be checked in each of the job's transactions. */
export interface JobLease {
  readonly job: string
  readonly holder: string
  readonly incarnation: number
  /** Grows each time the job changes hands. */
  readonly fencing: number
}

/** Another node has taken the job over: what this one was about to write must not be written. */
export class JobLeaseLost extends Error {
  constructor(job: string) {
    super(`the lease of job ${job} has passed to another node`)
  }
}

/** Takes the lease when nobody has it, or when its holder's incarnation is no longer in the view. */
const acquireText = `
INSERT INTO job_lease (job, holder, incarnation, fencing, beat) VALUES ($1, $2, $3, 1, 0)
ON CONFLICT (job) DO UPDATE SET
  holder = excluded.holder, incarnation = excluded.incarnation,
  fencing = job_lease.fencing + CASE WHEN job_lease.holder = $2 AND job_lease.incarnation = $3 THEN 0 ELSE 1 END
WHERE (job_lease.holder = $2 AND job_lease.incarnation = $3) OR NOT EXISTS (
  SELECT 1 FROM cluster_member m
   WHERE m.cluster = $4 AND m.node_id = job_lease.holder AND m.incarnation = job_lease.incarnation)
RETURNING fencing`

/** The leases of jobs that run once in the cluster. */
export class JobLeaseStore {
  readonly #connection: SqlConnection
  readonly #cluster: string

  constructor(connection: SqlConnection, cluster: string) {
    this.#connection = connection
    this.#cluster = cluster
  }

  /** @returns the lease, or undefined while a member of the view holds it. */
  async acquire(job: string, holder: string, incarnation: number): Promise<JobLease | undefined> {
    const [row] = await this.#connection.query<{ fencing: number }>(acquireText, [
      job,
      holder,
      incarnation,
      this.#cluster,
    ])
    return row && { job, holder, incarnation, fencing: Number(row.fencing) }
  }

  /**
   * Claims the next run: at most one in `intervalMs`, whoever holds the lease, by the database's clock (`beat` is when the
   * last run was claimed, in ms).
   */
  async claimRun(lease: JobLease, intervalMs: number): Promise<boolean> {
    const rows = await this.#connection.query(
      `UPDATE job_lease SET beat = (extract(epoch FROM now()) * 1000)::bigint
        WHERE job = $1 AND holder = $2 AND incarnation = $3 AND fencing = $4
          AND beat <= (extract(epoch FROM now()) * 1000)::bigint - $5::bigint
       RETURNING beat`,
      [lease.job, lease.holder, lease.incarnation, lease.fencing, intervalMs],
    )
    return rows.length > 0
  }
}

/**
 * First statement of each of a job's transactions: the row stays locked until the commit, so the job cannot change hands
 * in between.
 * @throws JobLeaseLost
 */
export async function checkLease(tx: SqlConnection, lease: JobLease): Promise<void> {
  const rows = await tx.query(
    `SELECT 1 FROM job_lease WHERE job = $1 AND holder = $2 AND incarnation = $3 AND fencing = $4 FOR SHARE`,
    [lease.job, lease.holder, lease.incarnation, lease.fencing],
  )
  if (rows.length === 0) throw new JobLeaseLost(lease.job)
}
