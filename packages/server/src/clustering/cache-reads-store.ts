import {
  type IdentitySource,
  type ReadSource,
  snapshotReads,
  statementReads,
} from '@holdfast/cluster'
import type { Queryable } from '../database/database.ts'
import type { PostgresDatabase } from '../database/postgres-database.ts'

/** A loader that turned out to need a snapshot. */
class SecondStatement extends Error {}

/**
 * What cache loaders read through. Most send one statement: it brings the database's identity along and needs no
 * transaction. A loader that sends a second one is run again from its start in a snapshot.
 */
export function cacheReads(database: PostgresDatabase, log: IdentitySource): ReadSource<Queryable> {
  const oneStatement = statementReads(database, log)
  const snapshot = snapshotReads<Queryable>(
    (work) => database.transaction(work, { snapshot: true }),
    log,
  )
  return async (work) => {
    try {
      return await oneStatement((read) => work(onlyOnce(read)))
    } catch (error) {
      if (!(error instanceof SecondStatement)) throw error
      return snapshot(work)
    }
  }
}

function onlyOnce(read: Queryable): Queryable {
  let used = false
  return {
    query: async (text, values) => {
      if (used) throw new SecondStatement()
      used = true
      return read.query(text, values)
    },
  }
}
