import { databaseDefaults } from '@holdfast/server/database/database-settings'
import { PostgresDatabase } from '@holdfast/server/database/postgres-database'
import { SessionSweeper } from '@holdfast/server/domains/sessions/session-sweeper'
import type { TestDatabase } from '@holdfast/server/harness/test-database'
import { systemClock } from '@holdfast/server/shared/clock'
import { pino } from 'pino'
import { seedExpired } from './seed-store.ts'

const expiredSessions = 2_000

/** Milliseconds that the server's own sweep takes for 2,000 sessions that have ended; no server may run meanwhile. */
export async function expirySweepMs(testDatabase: TestDatabase): Promise<number> {
  await seedExpired(testDatabase, expiredSessions)
  const parsed = new URL(testDatabase.url)
  await using database = new PostgresDatabase({
    settings: {
      ...databaseDefaults,
      host: parsed.searchParams.get('host') ?? parsed.hostname,
      port: Number(parsed.port),
      database: parsed.pathname.slice(1),
      user: decodeURIComponent(parsed.username),
      password: parsed.password === '' ? undefined : decodeURIComponent(parsed.password),
      poolMax: 2,
    },
    logger: pino({ level: 'error' }),
  })
  // What belongs to no realm has ended: the sweep needs no realm's lifetimes here.
  const realms = { byId: () => Promise.resolve(null) }
  const sweeper = new SessionSweeper({ database, realms, clock: systemClock })
  const begin = performance.now()
  const removed = await sweeper.sweep()
  const tookMs = performance.now() - begin
  if (removed < expiredSessions) throw new Error(`the sweep removed ${removed} sessions only`)
  return tookMs
}
