import type { Logger } from '../log/logger.ts'
import { pause } from '../shared/pause.ts'
import type { Database } from './database.ts'
import { DatabaseUnavailable } from './database-error.ts'

const retryMs = 500
/** The outage itself is told of elsewhere; this says that the start stands still because of it. */
const logIntervalMs = 60_000

/**
 * Waits until the database answers; says every few seconds what it waits for. A database that refuses the login is waited
 * for too: its operator may be creating the role at this moment.
 * @throws the signal's reason when it is aborted
 */
export async function awaitDatabase(
  database: Database,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let lastLog = -Infinity
  for (;;) {
    signal.throwIfAborted()
    try {
      await database.query('SELECT 1')
      return
    } catch (error) {
      if (performance.now() - lastLog > logIntervalMs) {
        lastLog = performance.now()
        logger.warn(`Waiting for the database: ${(error as Error).message}`)
      }
    }
    await pause(retryMs, signal)
  }
}

/**
 * Does a part of the start once the database answers, and again when the database goes away meanwhile: a failover in the
 * middle of a start is waited for as well.
 * @param work may be done any number of times: what it has done already it finds done
 * @throws the signal's reason when it is aborted, and what `work` throws apart from outages
 */
export async function throughOutages<T>(
  database: Database,
  logger: Logger,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable)) throw error
      logger.warn(`The database went away during the start, which is repeated: ${error.message}`)
    }
    await pause(retryMs, signal)
    await awaitDatabase(database, logger, signal)
  }
}
