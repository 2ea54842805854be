import type { InvalidationEvent } from '@holdfast/cluster'
import type { Statement } from './statement.ts'

/** Where the invalidation events of a transaction go: into the log with its COMMIT, then to this process and its peers. */
export interface Outbox {
  /** @returns the one statement that appends `events` to the log, locking its shards in ascending order */
  statement(events: readonly InvalidationEvent[]): Statement
  /**
   * Called after COMMIT with the events and the rows that the statement returned. The transaction's caller waits for the
   * promise: local caches are right, and reachable peers had their chance (at most 250 ms, cluster.md §4).
   */
  committed(
    events: readonly InvalidationEvent[],
    rows: readonly Record<string, unknown>[],
  ): Promise<void> | void
}
