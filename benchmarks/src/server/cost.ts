/** What one operation costs, on average. */
export interface Cost {
  readonly operation: string
  /** Sent by the server, with those that open and end transactions. */
  readonly statements: number
  /** Messages to the database that were waited for. */
  readonly roundTrips: number
  readonly transactions: number
  readonly writingTransactions: number
  readonly walBytes: number
  /** Commits that waited for the log to reach the disk. */
  readonly synchronousCommits: number
  readonly rowsWritten: number
  /** Rows of the server's own tables that PostgreSQL looked at. */
  readonly rowsRead: number
  /** Signatures that others can verify with a public key. */
  readonly signatures: number
  /** Password hashes. */
  readonly hashes: number
}
