import { randomUUID } from 'node:crypto'
import type { TestProject } from 'vitest/node'
import { demoRealm } from './demo-realm.ts'
import { acmeRealm } from './fixtures.ts'
import { startServer } from './server-process.ts'
import { administer, createDatabase } from './test-database.ts'
import { startThrowAwayPostgres } from './throw-away-postgres.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Account of a PostgreSQL in which tests create databases. */
    readonly postgresUrl: string
    /** Database with the realms master, acme and demo, to be copied. */
    readonly templateName: string
  }
}

/**
 * Runs once before the tests: a throw-away PostgreSQL (or the one that `KC_TEST_DB_URL` names) and, in it, a template
 * database that one start of the server has migrated and filled.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['KC_TEST_DB_URL']
  const own = given === undefined ? await startThrowAwayPostgres() : null
  const postgresUrl = given ?? own?.url ?? ''
  const templateName = `holdfast_template_${randomUUID()}`
  try {
    await createTemplate(postgresUrl, templateName)
  } catch (error) {
    await own?.stop()
    throw error
  }
  project.provide('postgresUrl', postgresUrl)
  project.provide('templateName', templateName)
  return async () => {
    await administer(postgresUrl, `DROP DATABASE IF EXISTS "${templateName}" WITH (FORCE)`)
    await own?.stop()
  }
}

/** A database as one start of the server leaves it: migrated, with the realms that most tests use. */
async function createTemplate(postgresUrl: string, name: string): Promise<void> {
  const database = await createDatabase(postgresUrl, { name })
  const server = await startServer({
    databaseUrl: database.url,
    realms: [acmeRealm(), demoRealm()],
    // Alone in any run: a node that listens leaves a certificate authority, which only its own key opens.
    options: ['--cache=local'],
  })
  await server.stop()
  await database.close()
}
