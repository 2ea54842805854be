import { SessionSweeper } from '../domains/sessions/session-sweeper.ts'
import { sessionPlaces } from './compose-domains.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'
import type { Clustering } from './start-clustering.ts'

/** How often one member of the cluster removes what has expired. */
const sweepIntervalMs = 60_000
const eventRowsMax = 1_000
const mailRowsMax = 1_000
const webhookRowsMax = 1_000

/** What one member of the cluster at a time does again and again. */
interface ServerJob {
  /** Under this name members agree on who does it. */
  readonly name: string
  readonly everyMs: number
  run(): Promise<void>
}

/** Every job of the domains; those of the cluster's own log and certificates are in `clustering/clustering.ts`. */
function serverJobs(
  { database, clock, settings }: Foundation,
  { realms, events, mails, transfer, webhooks }: Domains,
): ServerJob[] {
  const places = sessionPlaces(settings)
  const sessions = new SessionSweeper({ database, realms, clock, places })
  return [
    {
      name: 'session-expiry',
      everyMs: sweepIntervalMs,
      run: async () => {
        await sessions.sweep()
      },
    },
    {
      name: 'realm-removal',
      everyMs: sweepIntervalMs,
      run: () => transfer.realmRemoval.sweep(),
    },
    {
      name: 'event-expiry',
      everyMs: sweepIntervalMs,
      run: async () => {
        while ((await events.removeExpired(eventRowsMax)) >= eventRowsMax);
      },
    },
    {
      name: 'webhook-expiry',
      everyMs: sweepIntervalMs,
      run: async () => {
        while ((await webhooks.sweep(webhookRowsMax)) >= webhookRowsMax);
      },
    },
    {
      name: 'mail-expiry',
      everyMs: sweepIntervalMs,
      run: async () => {
        while ((await mails.sweep(mailRowsMax)) >= mailRowsMax);
      },
    },
  ]
}

/** Hands every job to the cluster, which runs it on one member at a time once `jobs.begin()` was called. */
export function addServerJobs(
  foundation: Foundation,
  domains: Domains,
  jobs: Pick<Clustering['jobs'], 'every'>,
): void {
  for (const { name, everyMs, run } of serverJobs(foundation, domains)) {
    jobs.every(name, everyMs, run)
  }
}
