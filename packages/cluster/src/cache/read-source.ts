import type { SqlConnection } from '../log/sql-connection.ts'

/**
 * Where loaders read: gives them a `Read` and tells in which database and history their answers were read.
 * Everything that one loader reads must come from one snapshot.
 */
export type ReadSource<Read> = <T>(
  work: (read: Read) => Promise<T>,
) => Promise<{ readonly value: T; readonly identity: string }>

/** The part of the log that a read source needs. */
export interface IdentitySource {
  /** SQL of the database's identity; undefined before the log has started. */
  identitySql(): string | undefined
}

interface IdentifiedRow {
  '~identity': string
  '~row': boolean | null
}

/**
 * Reads of one statement each, through a pooler or not: the statement itself brings the identity along, which costs no
 * round trip. A loader that sends a second statement is refused, for two statements may see two states.
 */
export function statementReads(
  connection: SqlConnection,
  log: IdentitySource,
): ReadSource<SqlConnection> {
  return async (work) => {
    let identity: string | undefined
    let used = false
    const read: SqlConnection = {
      async query<R>(text: string, values?: readonly unknown[]): Promise<R[]> {
        if (used) throw new Error('a loader may send one statement; use snapshotReads for more')
        used = true
        const expression = log.identitySql() ?? `''`
        const rows = await connection.query<IdentifiedRow>(
          `SELECT i."~identity", q.* FROM (SELECT ${expression} AS "~identity") i
           LEFT JOIN (SELECT true AS "~row", t.* FROM (${text}) t) q ON true`,
          values,
        )
        identity = rows[0]?.['~identity']
        return rows.filter((row) => row['~row'] === true).map(withoutMarks) as R[]
      },
    }
    const value = await work(read)
    return { value, identity: identity ?? '' }
  }
}

function withoutMarks(row: IdentifiedRow): Record<string, unknown> {
  const { '~identity': _identity, '~row': _row, ...rest } = row
  return rest
}

/**
 * Reads of several statements in one snapshot.
 * @param snapshot runs its argument in a REPEATABLE READ transaction on the primary
 */
export function snapshotReads<Tx extends SqlConnection>(
  snapshot: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>,
  log: IdentitySource,
): ReadSource<Tx> {
  return (work) =>
    snapshot(async (tx) => {
      const [row] = await tx.query<{ identity: string }>(
        `SELECT ${log.identitySql() ?? `''`} AS identity`,
      )
      return { value: await work(tx), identity: row?.identity ?? '' }
    })
}
