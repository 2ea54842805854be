/** One line of a result: what was measured, next to the machine's own limit in the same run. */
export interface Row {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the machine can do at most; null where there is no such limit. */
  readonly limit: number | null
  readonly limitName: string
  /** Share of the limit, where it was measured by turns with it; the quotient of both otherwise. */
  readonly share?: number
  /** Milliseconds; null where not measured. */
  readonly p50: number | null
  readonly p99: number | null
  /** Milliseconds at 70 % of the highest rate, counted from when each was due; only where a tail has a target. */
  readonly p50At70?: number
  readonly p99At70?: number
  readonly failures: number
  /** Processor time of the server per operation, in microseconds; null where not measured. */
  readonly processorMicros: number | null
  /** Share of one core that the server used meanwhile: less than one means that something else was the limit. */
  readonly coreShare?: number
}

/** Share of the limit that was reached. */
export function ratio(row: Row): number | null {
  if (row.share !== undefined) return row.share
  return row.limit === null || row.limit === 0 ? null : row.value / row.limit
}
