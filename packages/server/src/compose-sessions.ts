import type { SessionSweeper } from './domains/sessions/session-sweeper.ts'
import type { Clustering } from './start-clustering.ts'

/** How often one member of the cluster removes what has expired. */
const sweepIntervalMs = 60_000

/** Lets one member of the cluster at a time remove expired sessions, login state and once-only objects. */
export function sweepSessions(
  sweeper: SessionSweeper,
  jobs: Pick<Clustering['jobs'], 'every'>,
): void {
  jobs.every('session-expiry', sweepIntervalMs, async () => {
    await sweeper.sweep()
  })
}
