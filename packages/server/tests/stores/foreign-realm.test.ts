import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Queryable } from '@holdfast/server/database/database'
import { databaseDefaults } from '@holdfast/server/database/database-settings'
import { PostgresDatabase } from '@holdfast/server/database/postgres-database'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../harness/test-database.ts'
import { activityContracts } from './contracts/activity.ts'
import { configurationContracts } from './contracts/configuration.ts'
import { peopleContracts } from './contracts/people.ts'
import { ids, insertForeignRows } from './foreign-rows.ts'
import type { Call, Exemption } from './store-contract.ts'

const contracts = [...configurationContracts, ...peopleContracts, ...activityContracts]
const domains = join(import.meta.dirname, '../../src/domains')

/** What a verb does with a realm, or with something that names one, shows in its text. */
const takesRealm = /realm|\blisting\b|\bsearch\b/i

let outside: TestDatabase
let database: PostgresDatabase

beforeAll(async () => {
  const template = inject('templateName')
  outside = await createDatabase(inject('postgresUrl'), { template })
  await outside.query('TRUNCATE realm, login_event, admin_event, user_session CASCADE')
  const url = new URL(outside.url)
  const settings = {
    ...databaseDefaults,
    host: url.searchParams.get('host') ?? url.hostname,
    port: Number(url.port),
    database: outside.name,
    user: url.username,
    password: url.password === '' ? undefined : url.password,
    poolMax: 2,
  }
  database = new PostgresDatabase({ settings, logger: pino({ level: 'silent' }) })
  await insertForeignRows(database)
})

afterAll(async () => {
  await database?.[Symbol.asyncDispose]()
  await outside?.[Symbol.asyncDispose]()
})

/** Names of the verbs of a class of stores. */
function verbsOf(prototype: object): string[] {
  return Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor')
}

describe('every store of a domain', async () => {
  const files = readdirSync(domains, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('-store.ts'))
    .map((file) => join(domains, file))
  for (const file of files) {
    const compiled = relative(domains, file).slice(0, -'.ts'.length)
    test(`${compiled} has a contract for each verb that takes a realm`, async () => {
      const exported = Object.values(await import(`@holdfast/server/domains/${compiled}`))
      const stores = exported.filter(
        (one): one is { prototype: object } =>
          typeof one === 'function' && /^class /.test(`${one}`),
      )
      expect(stores).not.toEqual([])
      for (const { prototype } of stores) {
        const methods = prototype as Record<string, unknown>
        const due = verbsOf(prototype).filter((verb) => takesRealm.test(`${methods[verb]}`))
        const found = contracts.find(({ store }) => Object.getPrototypeOf(store) === prototype)
        expect(due.filter((verb) => !(found && verb in found.verbs))).toEqual([])
      }
    })
  }
})

/** Whether an answer says that there is nothing: no row, no count, no yes. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0) return true
  if (value instanceof Map) return value.size === 0
  if (typeof value !== 'object') return false
  return Object.values(value as Record<string, unknown>).every(isNothing)
}

interface Outcome {
  readonly answer: unknown
  /** Names of tables. */
  readonly changed: readonly string[]
}

class RolledBack extends Error {
  readonly outcome: Outcome

  constructor(outcome: Outcome) {
    super()
    this.outcome = outcome
  }
}

/** Rows that a connection has written, by table: what was rolled back counts for a while, too. */
async function writtenRows(tx: Queryable): Promise<Map<string, number>> {
  const rows = await tx.query<{ name: string; count: number }>(
    `SELECT relname AS name, n_tup_ins + n_tup_upd + n_tup_del AS count FROM pg_stat_xact_user_tables`,
  )
  return new Map(rows.map(({ name, count }) => [name, count]))
}

/** Calls a verb in a transaction that comes to nothing. */
async function outcomeOf(store: object, call: Call<object>, realmId: string): Promise<Outcome> {
  try {
    return await database.transaction(async (tx) => {
      const before = await writtenRows(tx)
      const answer = await call(store, tx, realmId, ids)
      const after = await writtenRows(tx)
      const changed = [...after.keys()].filter((table) => after.get(table) !== before.get(table))
      throw new RolledBack({ answer, changed })
    })
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome
    throw error
  }
}

const calls = contracts.flatMap(({ store, verbs }) =>
  Object.entries(verbs as Readonly<Record<string, Call<object> | Exemption>>).flatMap(
    ([verb, call]) =>
      typeof call === 'string' ? [] : [{ name: `${store.constructor.name}.${verb}`, store, call }],
  ),
)

test.each(calls)('$name neither finds nor changes what is of another realm', async (verb) => {
  const { name, store, call } = verb
  const stranger = await outcomeOf(store, call, 'mine')
  expect(stranger.changed).toEqual([])
  expect(stranger.answer).toSatisfy(isNothing)
  const owner = await outcomeOf(store, call, 'other')
  const acts = !isNothing(owner.answer) || owner.changed.length > 0
  expect(acts || name.includes('.lock'), 'the realm itself finds it').toBe(true)
})
