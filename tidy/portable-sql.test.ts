import { describe, expect, it } from 'vitest'
import { repositoryFiles } from './repository-files.ts'

/**
 * What CockroachDB 24 or YugabyteDB 2024 refuse, or take without doing it. Nothing of it may be needed for what the server
 * promises, so that a change of the database stays a matter of trying it.
 */
const refused: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['messages between sessions', /\b(?:LISTEN|NOTIFY)\s+[a-z"_]|pg_notify/],
  ['locks that are no rows', /pg_(?:try_)?advisory_/],
  ['locks on whole tables', /\bLOCK TABLE\b/],
  ['rows by their place', /\b(?:ctid|xmin|xmax)\b/],
  ['triggers and rules', /CREATE (?:OR REPLACE )?(?:CONSTRAINT TRIGGER|TRIGGER|RULE)\b/],
  ['functions in the database', /CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE)\b|LANGUAGE plpgsql/],
  ['exclusion constraints', /\bEXCLUDE USING\b/],
  ['domains', /CREATE DOMAIN\b/],
  ['inherited tables', /\bINHERITS \(/],
  ['samples of tables', /\bTABLESAMPLE\b/],
  ['MERGE', /\bMERGE INTO\b/],
  ['cursors that outlive their transaction', /\bWITH HOLD\b/],
  ['large objects', /\blo_(?:import|export|creat)/],
  ['text search', /\bto_tsvector\b|\btsvector\b/],
]

/** Places that another database would have to do without or otherwise. */
const known: Readonly<Record<string, readonly string[]>> = {
  // Spares batches of touches a deadlock, which they would repeat: CockroachDB takes the call and does nothing.
  'locks that are no rows': ['packages/server/src/domains/sessions/session-touch-store.ts'],
  // Two first nodes must not make two authorities; only with certificates that are made here, not with own ones.
  'locks on whole tables': ['packages/server/src/clustering/authority-store.ts'],
}

const statements = repositoryFiles().filter(
  ({ path }) =>
    /^packages\/(?:server|cluster)\/src\/.*(?:-store\.ts|migrations\/.*\.ts|\/database\/.*\.ts)$/.test(
      path,
    ) &&
    !path.endsWith('.test.ts') &&
    !path.includes('/embedded/'),
)

describe('SQL', () => {
  it.each(refused)('has no %s', (what, pattern) => {
    const caught = statements
      .filter(({ path }) => !(known[what] ?? []).includes(path))
      .filter(({ text }) => pattern.test(text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')))
    expect(caught.map(({ path }) => path)).toEqual([])
  })

  it.each([
    ['messages between sessions', "SELECT pg_notify('a', 'b')"],
    ['locks that are no rows', 'SELECT pg_advisory_xact_lock(1)'],
    ['locks on whole tables', 'LOCK TABLE users IN EXCLUSIVE MODE'],
    ['rows by their place', 'DELETE FROM users WHERE ctid = $1'],
    ['triggers and rules', 'CREATE OR REPLACE TRIGGER a BEFORE INSERT ON b'],
    ['functions in the database', 'CREATE FUNCTION a() RETURNS trigger'],
    ['exclusion constraints', 'EXCLUDE USING gist (a WITH &&)'],
    ['domains', 'CREATE DOMAIN a AS text'],
    ['inherited tables', 'CREATE TABLE a () INHERITS (b)'],
    ['samples of tables', 'SELECT 1 FROM a TABLESAMPLE SYSTEM (1)'],
    ['MERGE', 'MERGE INTO a USING b'],
    ['cursors that outlive their transaction', 'DECLARE a CURSOR WITH HOLD FOR SELECT 1'],
    ['large objects', "SELECT lo_import('a')"],
    ['text search', "SELECT to_tsvector('a')"],
  ])('would be caught with %s', (what, sql) => {
    const caught = refused.filter(([, pattern]) => pattern.test(sql))
    expect(caught.map(([name]) => name)).toEqual([what])
  })

  it('is looked at everywhere', () => {
    expect(statements.length).toBeGreaterThan(50)
  })
})
