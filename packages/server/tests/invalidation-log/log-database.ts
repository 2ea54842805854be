import type { SqlConnection, SqlDatabase } from '@holdfast/cluster'
import pg from 'pg'
import type { TestDatabase } from '../harness/test-database.ts'

const int8 = 20

/** A pool as the cluster package wants it. */
export interface LogDatabase extends SqlDatabase {
  /** A connection of its own, for transactions whose every step a test decides. */
  connect(): Promise<SqlConnection & { release(): void }>
  end(): Promise<void>
}

/** @param database one that a server has migrated */
export function logDatabase(database: TestDatabase): LogDatabase {
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8, Number)
  const pool = new pg.Pool({ connectionString: database.url, max: 24, types })
  // Databases are dropped under idle connections when a test file ends.
  pool.on('error', () => undefined)
  const over = (client: pg.Pool | pg.PoolClient): SqlConnection => ({
    async query<R>(text: string, values: readonly unknown[] = []) {
      return (await client.query(text, [...values])).rows as R[]
    },
  })
  return {
    ...over(pool),
    async connect() {
      const client = await pool.connect()
      return { ...over(client), release: () => client.release() }
    },
    async transaction(work) {
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const result = await work(over(client))
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },
    end: () => pool.end(),
  }
}
