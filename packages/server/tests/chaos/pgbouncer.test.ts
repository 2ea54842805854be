import { databaseDefaults } from '@holdfast/server/database/database-settings'
import { PostgresDatabase } from '@holdfast/server/database/postgres-database'
import { pino } from 'pino'
import { describe, expect, it, vi } from 'vitest'
import { demoPassword, demoRealm, demoSecret } from '../harness/demo-realm.ts'
import { startServer } from '../harness/server-process.ts'
import { chaosUnavailable } from './chaos-tools.ts'
import { PgBouncer } from './pgbouncer.ts'
import { PostgresPair } from './postgres-pair.ts'

const unavailable = chaosUnavailable(['pgbouncer'])
if (unavailable !== null) console.warn(unavailable)

describe.skipIf(unavailable !== null)('PgBouncer in transaction mode', () => {
  it('serves logins, whose caches are filled from snapshots of several statements', async () => {
    await using postgres = await PostgresPair.start(false)
    await using pooler = await PgBouncer.start(postgres.port)
    await using server = await startServer({
      databaseUrl: `postgres://postgres@127.0.0.1:${pooler.port}/postgres`,
      realms: [demoRealm(1)],
    })
    const answer = await fetch(`${server.realmUrl('demo')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: 'app',
        client_secret: demoSecret('app'),
        username: 'person-0',
        password: demoPassword('person-0'),
      }),
    })
    expect({ status: answer.status, log: server.log.match(/DatabaseError.*/)?.[0] }).toEqual({
      status: 200,
      log: undefined,
    })
  })

  it('has no statement compiled, which takes longer than running it', async () => {
    await using postgres = await PostgresPair.start(false)
    await using pooler = await PgBouncer.start(postgres.port)
    const logger = pino({ level: 'silent' })
    const jitBehind = async (port: number) => {
      const place = { port, database: 'postgres', user: 'postgres' }
      await using database = new PostgresDatabase({
        settings: { ...databaseDefaults, ...place },
        logger,
      })
      const text = `SELECT current_setting('jit') AS jit`
      // The pooler listens a moment after it was started.
      const alone = await vi.waitFor(async () => await database.query(text), 5_000)
      const inTransaction = await database.transaction(async (tx) => await tx.query(text))
      return [alone, inTransaction]
    }

    expect(await jitBehind(pooler.port)).toEqual([[{ jit: 'off' }], [{ jit: 'off' }]])
    expect(await jitBehind(postgres.port)).toEqual([[{ jit: 'off' }], [{ jit: 'off' }]])
  })
})
