import type { TestDatabase } from '../harness/test-database.ts'

/** Which transactions wrote to a database, and to which tables: kept by triggers, so other databases do not count. */
export class WrittenTransactions {
  readonly #database: TestDatabase

  private constructor(database: TestDatabase) {
    this.#database = database
  }

  /** Puts a trigger on every table of the server. */
  static async watch(database: TestDatabase): Promise<WrittenTransactions> {
    await database.query('CREATE UNLOGGED TABLE written (txid bigint NOT NULL, name text NOT NULL)')
    await database.query(
      `CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN INSERT INTO public.written VALUES (txid_current(), TG_TABLE_NAME); RETURN NULL; END $$`,
    )
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'written'`,
    )
    for (const { name } of tables) {
      await database.query(
        `CREATE TRIGGER note_write AFTER INSERT OR UPDATE OR DELETE ON ${name}
         FOR EACH STATEMENT EXECUTE FUNCTION note_write()`,
      )
    }
    return new WrittenTransactions(database)
  }

  /**
   * The tables that each transaction of `run` wrote to, one line per transaction.
   * @param own writes that a running server makes anyway (heartbeats, sweeps) are left out by their table
   */
  async during(run: () => Promise<unknown>, own: readonly string[]): Promise<string[]> {
    await this.#database.query('DELETE FROM written')
    await run()
    const rows = await this.#database.query<{ tables: string }>(
      `SELECT string_agg(DISTINCT name, ' ' ORDER BY name) AS tables FROM written
        WHERE name <> ALL ($1) GROUP BY txid ORDER BY txid`,
      [own],
    )
    return rows.map(({ tables }) => tables)
  }
}
