/** A PostgreSQL that lives as long as the test run. */
export interface ThrowAwayPostgres {
  readonly url: string
  stop(): Promise<void>
}

/** @throws until the embedded database of the server can be used here */
export function startThrowAwayPostgres(): Promise<ThrowAwayPostgres> {
  return Promise.reject(
    new Error('set KC_TEST_DB_URL to a PostgreSQL in which tests may create databases'),
  )
}
