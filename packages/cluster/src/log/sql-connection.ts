/** One statement to the database; `int8` comes back as number. A pool and an open transaction both fit. */
export interface SqlConnection {
  query<R = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<R[]>
}

/** A pool that also opens transactions (READ COMMITTED): commits when `work` returns, rolls back when it throws. */
export interface SqlDatabase extends SqlConnection {
  transaction<T>(work: (tx: SqlConnection) => Promise<T>): Promise<T>
}
