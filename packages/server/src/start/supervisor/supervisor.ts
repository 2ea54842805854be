import { productVersion } from '../../clustering/product-version.ts'
import { startWarnings } from '../../config/check-production.ts'
import type { ServerSettings } from '../../config/server-settings.ts'
import { EmbeddedPostgres } from '../../database/embedded/embedded-postgres.ts'
import { renderMetrics, sumOf } from '../../http/management/metrics-page.ts'
import { createLoggers } from '../../log/create-loggers.ts'
import type { Loggers } from '../../log/loggers.ts'
import { DisposalStack } from '../../shared/disposal-stack.ts'
import type { MetricsSnapshot } from '../../telemetry/metrics-snapshot.ts'
import { aborted } from '../aborted.ts'
import { openLogFiles } from '../log-files.ts'
import { openManagement } from '../open-management.ts'
import { openFurtherLog, sendMetrics } from '../send-telemetry.ts'
import { CombinedHealth } from './combined-health.ts'
import { WorkerPool } from './worker-pool.ts'

/** How much longer than their own deadlines workers are waited for. */
const stopGraceMs = 5_000

/**
 * Runs several workers, each a server of its own on the shared listening socket, and speaks for all of them on the
 * management port. The embedded database belongs to this process, so that it outlives every worker.
 * @param args the command line, which workers are started with too
 * @returns the exit code
 */
export async function runSupervisor(
  settings: ServerSettings,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  await using running = new DisposalStack()
  const files = openLogFiles(settings, running)
  const further = await openFurtherLog(settings, running)
  const loggers = createLoggers(settings.log, { version: productVersion, file: files.log, further })
  const logger = loggers.of('org.keycloak.holdfast')
  for (const line of startWarnings(settings)) logger.warn(line)
  const databaseArgs = await startDatabase(settings, loggers, running)
  const pool = new WorkerPool({
    count: settings.workers,
    args: [...args, ...databaseArgs],
    logger,
    files,
  })
  const health = new CombinedHealth(() => pool.states)
  const summed = async () => sumOf(await pool.collectMetrics())
  const page = async (accept: string) => await renderMetrics(await summed(), accept)
  const url = await openManagement(settings.management, { health, metrics: { page } }, running)
  if (url !== undefined) logger.info(`Management interface listening on ${url}.`)
  await sendMetrics(
    settings.telemetry,
    async () => (await (await summed()).getMetricsAsJSON()) as unknown as MetricsSnapshot,
    running,
  )
  const stopped = aborted(signal)
  const first = await Promise.race([pool.start(), stopped.then(() => ({ exitCode: 0 }))])
  if ('listening' in first) await stopped
  health.stopping()
  await pool.stop(settings.shutdownDelayMs + settings.shutdownTimeoutMs + stopGraceMs)
  return 'exitCode' in first ? first.exitCode : 0
}

/** @returns what the workers are told about the embedded database; nothing for an outside one */
async function startDatabase(
  { database, dataDir, workers }: ServerSettings,
  loggers: Loggers,
  running: DisposalStack,
): Promise<string[]> {
  if (database.kind === 'outside') return []
  const logger = loggers.of('org.keycloak.database')
  const postgres = running.use(await EmbeddedPostgres.start(dataDir, logger))
  return postgres.commandLine(workers)
}
