import type { Logger } from '../log/logger.ts'
import { pause } from '../shared/pause.ts'
import type { Database } from './database.ts'

const retryMs = 500
const logIntervalMs = 5_000

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
