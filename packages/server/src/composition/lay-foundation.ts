import type { Registry } from 'prom-client'
import type { ServerSettings } from '../config/server-settings.ts'
import type { WorkerSlot } from '../config/sources.ts'
import { awaitDatabase, throughOutages } from '../database/await-database.ts'
import type { DatabaseSettings } from '../database/database-settings.ts'
import { openSecretBox } from '../database/encryption-check-store.ts'
import { migrations } from '../database/migrations/index.ts'
import { migrate } from '../database/migrator-store.ts'
import { Outage } from '../database/outage.ts'
import { type DatabaseWatch, PostgresDatabase } from '../database/postgres-database.ts'
import { ClientCertificates } from '../http/client-certificates/client-certificates.ts'
import { registerCostMetrics } from '../http/management/cost-metrics.ts'
import { DatabaseProbe } from '../http/management/database-probe.ts'
import type { HealthChecks } from '../http/management/health-checks.ts'
import { registerPoolMetrics } from '../http/management/pool-metrics.ts'
import { registerProcessMetrics } from '../http/management/process-metrics.ts'
import { ServerUrls } from '../http/server-urls.ts'
import type { Loggers } from '../log/loggers.ts'
import { systemClock } from '../shared/clock.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import { Vault } from '../vault/vault.ts'
import type { Foundation } from './foundation.ts'

/** What a server shows of itself while it starts, serves and stops. */
export interface ServerReports {
  readonly health: HealthChecks
  readonly metrics: Registry
}

/** What the foundation is laid with. */
export interface FoundationSources {
  readonly loggers: Loggers
  /** Which worker of this machine it is; absent for a process on its own. */
  readonly worker?: WorkerSlot
  /** Whether an embedded database that a running server holds may be used too: for commands. */
  readonly join?: boolean
}

/**
 * Opens the database — the embedded one is started — waits for it, brings its schema up to date, and
 * checks that the encryption key is the database's.
 * @throws StartError, SchemaTooNew
 */
export async function layFoundation(
  settings: ServerSettings,
  sources: FoundationSources,
  { health, metrics }: ServerReports,
  running: DisposalStack,
  signal: AbortSignal,
): Promise<Foundation> {
  const { loggers, worker } = sources
  const logger = loggers.of('org.keycloak.database')
  const databaseSettings = await locateDatabase(settings, sources, running)
  const outage = new Outage({ logger, clock: systemClock })
  const failed: DatabaseWatch['failed'] = (error) => {
    outage.failed(error)
    probe.noticed(error)
  }
  const answered = () => {
    outage.answered()
    probe.answered()
  }
  // Answers on other connections say nothing of requests that wait for one.
  const databaseWatch: DatabaseWatch = {
    failed,
    answered: () => (database.statistics.awaiting === 0 ? answered() : outage.answered()),
  }
  const database = running.use(
    new PostgresDatabase({ settings: databaseSettings, logger, watch: { failed, answered } }),
  )
  const probe = running.use(new DatabaseProbe({ database, clock: systemClock }))
  health.add(probe)
  registerProcessMetrics(metrics)
  registerPoolMetrics(metrics, () => database.statistics)
  if (settings.management.metrics) registerCostMetrics(metrics)
  await awaitDatabase(database, logger, signal)
  await database.openInitial()
  void probe.ask()
  const { schema } = databaseSettings
  const deadlineMs = settings.setupTimeoutMs
  const secretBox = await throughOutages(database, logger, signal, async () => {
    await migrate({ database, migrations, schema, logger, deadlineMs, signal })
    return await openSecretBox(database, settings.encryptionKeys)
  })
  const urls = new ServerUrls(settings.http)
  const clock = systemClock
  const vaultLogger = loggers.of('org.keycloak.vault')
  const vault = new Vault({
    settings: settings.vault,
    warn: (text) => vaultLogger.warn(text),
  })
  const clientCertificates = await ClientCertificates.open({
    settings: settings.certificateLookup,
    proxy: settings.http.proxy,
    asked: (settings.http.tls?.clientAuth ?? 'none') !== 'none',
    clock,
  })
  return {
    settings,
    loggers,
    clock,
    database,
    outage,
    databaseWatch,
    databaseSettings,
    secretBox,
    urls,
    vault,
    clientCertificates,
    health,
    metrics,
    ...(worker === undefined ? {} : { worker }),
  }
}

/** An outside database as it is named, or the embedded one, which is started first and stopped last. */
async function locateDatabase(
  { database, dataDir }: ServerSettings,
  { loggers, join }: FoundationSources,
  running: DisposalStack,
): Promise<DatabaseSettings> {
  if (database.kind === 'outside') return database.settings
  const { EmbeddedPostgres } = await import('../database/embedded/embedded-postgres.ts')
  const logger = loggers.of('org.keycloak.database')
  const held = join === true ? await EmbeddedPostgres.addressOfRunning(dataDir, logger) : undefined
  if (held !== undefined) return { ...database.settings, ...held }
  const postgres = running.use(await EmbeddedPostgres.start(dataDir, logger))
  return { ...database.settings, ...postgres.address }
}
