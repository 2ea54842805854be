import type { TestDatabase } from '@holdfast/server/harness/test-database'
import pg from 'pg'

/** From so many rows on, building an index is faster than keeping it up. */
const manyRows = 50_000
const workMemory = '512MB'

/**
 * A connection for loading many rows: references are not checked where the account may leave that out, and secondary
 * indexes of the tables are dropped and built again when there is much to load.
 */
export async function bulkLoad(
  database: TestDatabase,
  tables: readonly string[],
  rows: number,
  load: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await client.query(`SET maintenance_work_mem = '${workMemory}'`)
    // Only superusers may.
    await client.query("SET session_replication_role = 'replica'").catch(() => undefined)
    const indexes = rows < manyRows ? [] : await secondaryIndexes(client, tables)
    for (const { name } of indexes) await client.query(`DROP INDEX "${name}"`)
    await load(client)
    for (const { definition } of indexes) await client.query(definition)
  } finally {
    await client.end()
  }
}

/** Indexes that no constraint stands on. */
async function secondaryIndexes(
  client: pg.Client,
  tables: readonly string[],
): Promise<{ name: string; definition: string }[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
      WHERE i.indrelid = ANY ($1::text[]::regclass[])
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid)`,
    [tables],
  )
  return rows
}
