import { productVersion } from '../clustering/product-version.ts'
import type { ServerReports } from '../composition/lay-foundation.ts'
import { startWarnings } from '../config/check-production.ts'
import type { ServerSettings } from '../config/server-settings.ts'
import { renderMetrics } from '../http/management/metrics-page.ts'
import { createLoggers } from '../log/create-loggers.ts'
import { DisposalStack } from '../shared/disposal-stack.ts'
import type { MetricsSnapshot } from '../telemetry/metrics-snapshot.ts'
import { banner } from './banner.ts'
import { openLogFiles } from './log-files.ts'
import { openManagement } from './open-management.ts'
import { runServer } from './run-server.ts'
import { openFurtherLog, sendMetrics } from './send-telemetry.ts'

/** Runs one server in this process, with its own management listener. */
export async function runSingleProcess(
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<void> {
  await using running = new DisposalStack()
  const files = openLogFiles(settings, running)
  const further = await openFurtherLog(settings, running)
  const loggers = createLoggers(settings.log, { version: productVersion, file: files.log, further })
  const logger = loggers.of('org.keycloak.holdfast')
  for (const line of startWarnings(settings)) logger.warn(line)
  await runServer(
    settings,
    {
      loggers,
      accessLogFile: files.access,
      publish: async (reports) => await publish(settings, reports),
      serving: (report) => {
        logger.info(`Holdfast ${report.text}`)
        const { development, log } = settings
        if (development && log.console?.output === 'pattern')
          process.stdout.write(banner(settings, report))
      },
    },
    signal,
  )
}

async function publish(
  { management, telemetry }: ServerSettings,
  { health, metrics }: ServerReports,
): Promise<{ url: string | undefined } & AsyncDisposable> {
  const open = new DisposalStack()
  const page = async (accept: string) => await renderMetrics(metrics, accept)
  const url = await openManagement(management, { health, metrics: { page } }, open)
  await sendMetrics(
    telemetry,
    async () => (await metrics.getMetricsAsJSON()) as unknown as MetricsSnapshot,
    open,
  )
  return { url, [Symbol.asyncDispose]: async () => await open[Symbol.asyncDispose]() }
}
