import { Registry } from 'prom-client'
import { composeDomains } from './compose-domains.ts'
import type { ServerSettings } from './config/server-settings.ts'
import type { WorkerSlot } from './config/sources.ts'
import { awaitDatabase } from './database/await-database.ts'
import type { DatabaseSettings } from './database/database-settings.ts'
import { openSecretBox } from './database/encryption-check-store.ts'
import { migrations } from './database/migrations/index.ts'
import { migrate } from './database/migrator-store.ts'
import { PostgresDatabase } from './database/postgres-database.ts'
import { prepareRealms } from './first-start.ts'
import type { Foundation } from './foundation.ts'
import { HttpServers } from './http/http-servers.ts'
import { createListener } from './http/listener.ts'
import { DatabaseProbe } from './http/management/database-probe.ts'
import { HealthChecks } from './http/management/health-checks.ts'
import { HttpTimings } from './http/management/http-timings.ts'
import { registerPoolMetrics } from './http/management/pool-metrics.ts'
import { registerProcessMetrics } from './http/management/process-metrics.ts'
import { ServerUrls } from './http/server-urls.ts'
import type { Loggers } from './log/loggers.ts'
import { registerProtocols } from './register-protocols.ts'
import { systemClock } from './shared/clock.ts'
import { DisposalStack } from './shared/disposal-stack.ts'
import { pause } from './shared/pause.ts'
import { startClustering } from './start-clustering.ts'

/** What a server shows of itself while it starts, serves and stops. */
export interface ServerReports {
  readonly health: HealthChecks
  readonly metrics: Registry
}

/** What surrounds a server: the process alone, or a supervisor with several workers. */
export interface Surroundings {
  readonly loggers: Loggers
  /** Which worker of this machine it is; absent for a process on its own. */
  readonly worker?: WorkerSlot
  /** Shows the reports to the outside, first of all and until the end. @returns the URL, if there is one, and the end */
  publish(reports: ServerReports): Promise<{ url: string | undefined } & AsyncDisposable>
  /** Called when requests are taken. */
  serving(listening: string): void
}

/**
 * Starts everything in order — database, clustering, domains, protocols, http — serves until `signal` is aborted, and ends
 * everything in reverse: not ready, a delay for load balancers, requests under way, then the rest.
 * @throws StartError, SettingError and what the parts throw
 */
export async function runServer(
  settings: ServerSettings,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const start = performance.now()
  const { loggers } = surroundings
  await using running = new DisposalStack()
  const reports: ServerReports = { health: new HealthChecks(), metrics: new Registry() }
  const published = running.use(await surroundings.publish(reports))
  const foundation = await layFoundation(settings, surroundings, reports, running, signal)

  const clustering = await startClustering(foundation, running)
  const domains = await composeDomains(foundation, clustering, running)
  await prepareRealms({
    data: domains,
    transfer: domains.transfer,
    logger: loggers.of('org.keycloak.services'),
    ...settings,
  })
  const app = createListener({
    settings: settings.http,
    logger: loggers.of('org.keycloak.services'),
  })
  new HttpTimings({ registry: reports.metrics, ...settings.management }).observe(app)
  await registerProtocols(app, foundation, clustering, domains)

  const servers = new HttpServers({ settings: settings.http, app })
  running.defer(async () => await servers.close(settings.shutdownTimeoutMs))
  const urls = await servers.listen()
  reports.health.serving()
  const seconds = ((performance.now() - start) / 1000).toFixed(3)
  const management =
    published.url === undefined ? '' : ` Management interface listening on ${published.url}.`
  surroundings.serving(`started in ${seconds}s. Listening on: ${urls.join(' and ')}.${management}`)

  await aborted(signal)
  reports.health.stopping()
  servers.drain()
  await pause(settings.shutdownDelayMs)
}

async function layFoundation(
  settings: ServerSettings,
  { loggers, worker }: Surroundings,
  { health, metrics }: ServerReports,
  running: DisposalStack,
  signal: AbortSignal,
): Promise<Foundation> {
  const logger = loggers.of('org.keycloak.database')
  const databaseSettings = await locateDatabase(settings, loggers, running)
  const database = running.use(new PostgresDatabase({ settings: databaseSettings, logger }))
  const probe = running.use(new DatabaseProbe({ database, clock: systemClock }))
  health.add(probe)
  registerProcessMetrics(metrics)
  registerPoolMetrics(metrics, () => database.statistics)
  await awaitDatabase(database, logger, signal)
  void probe.ask()
  const { schema } = databaseSettings
  await migrate({ database, migrations, schema, logger, deadlineMs: settings.setupTimeoutMs })
  const secretBox = await openSecretBox(database, settings.encryptionKeys)
  const urls = new ServerUrls(settings.http)
  const clock = systemClock
  return {
    settings,
    loggers,
    clock,
    database,
    databaseSettings,
    secretBox,
    urls,
    health,
    metrics,
    ...(worker === undefined ? {} : { worker }),
  }
}

/** An outside database as it is named, or the embedded one, which is started first and stopped last. */
async function locateDatabase(
  { database, dataDir }: ServerSettings,
  loggers: Loggers,
  running: DisposalStack,
): Promise<DatabaseSettings> {
  if (database.kind === 'outside') return database.settings
  const { EmbeddedPostgres } = await import('./database/embedded/embedded-postgres.ts')
  const logger = loggers.of('org.keycloak.database')
  const postgres = running.use(await EmbeddedPostgres.start(dataDir, logger))
  return { ...database.settings, ...postgres.address }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
