import type { ServerSettings } from '../config/server-settings.ts'
import type { RequestContext } from '../log/line-format.ts'
import type { LogHandler } from '../log/loggers.ts'
import type { DisposalStack } from '../shared/disposal-stack.ts'
import type { MetricsSnapshot } from '../telemetry/metrics-snapshot.ts'

/**
 * Opens the way of log lines to a collector, whose libraries are loaded only then.
 * @returns undefined where none is sent
 */
export async function openFurtherLog(
  { telemetry: { logs }, log }: Pick<ServerSettings, 'telemetry' | 'log'>,
  running: DisposalStack,
): Promise<((request: RequestContext) => LogHandler) | undefined> {
  if (logs === undefined) return undefined
  const { openLogExport } = await import('../telemetry/log-export.ts')
  return running.use(await openLogExport(logs, log)).handler
}

/** Sends metrics to a collector where that is wanted, until `running` ends. */
export async function sendMetrics(
  { metrics }: ServerSettings['telemetry'],
  collect: () => Promise<MetricsSnapshot>,
  running: DisposalStack,
): Promise<void> {
  if (metrics === undefined) return
  const { openMetricExport } = await import('../telemetry/metric-export.ts')
  running.use(await openMetricExport(metrics, collect))
}
