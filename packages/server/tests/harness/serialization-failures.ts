import type pg from 'pg'

const variable = 'HOLDFAST_TEST_ISOLATION'

/** Whether this run wants every database to be serializable by default, and to refuse every third transaction that writes. */
export function wantsSerializable(): boolean {
  return process.env[variable] === 'serializable'
}

/**
 * Makes a database serializable unless asked otherwise, and lets every third transaction that changes a table fail with 40001, as
 * any may there; those that are tried again have another number. What it refused is counted in the sequence `injected_failures`.
 */
export async function injectSerializationFailures(
  query: (text: string) => Promise<unknown>,
  name: string,
): Promise<void> {
  await query(`ALTER DATABASE "${name}" SET default_transaction_isolation = 'serializable'`)
  await query('CREATE SEQUENCE injected_failures')
  await query(`CREATE FUNCTION fail_now_and_then() RETURNS trigger LANGUAGE plpgsql AS $body$
    BEGIN
      IF txid_current() % 3 = 0 THEN
        PERFORM nextval('injected_failures');
        RAISE EXCEPTION 'injected' USING ERRCODE = '40001';
      END IF;
      RETURN NULL;
    END $body$`)
  await query(`DO $body$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('CREATE TRIGGER fail_now_and_then BEFORE INSERT OR UPDATE OR DELETE ON %I
        FOR EACH STATEMENT EXECUTE FUNCTION fail_now_and_then()', name);
    END LOOP; END $body$`)
}

/** How many transactions a database has refused. */
export async function injectedFailures(
  query: (text: string) => Promise<pg.QueryResultRow[]>,
): Promise<number> {
  const [row] = await query('SELECT last_value::int AS count FROM injected_failures')
  return Number(row?.['count'])
}
