import { productVersion } from '../../clustering/product-version.ts'
import type { ServerReports } from '../../composition/lay-foundation.ts'
import type { ServerSettings } from '../../config/server-settings.ts'
import type { WorkerSlot } from '../../config/sources.ts'
import { createLoggers } from '../../log/create-loggers.ts'
import type { LineSink } from '../../log/line-sink.ts'
import { DisposalStack } from '../../shared/disposal-stack.ts'
import type { MetricsSnapshot } from '../../telemetry/metrics-snapshot.ts'
import type { LogFileName } from '../log-files.ts'
import { runServer } from '../run-server.ts'
import { openFurtherLog } from '../send-telemetry.ts'
import { healthIntervalMs, type SupervisorMessage, type WorkerMessage } from './worker-messages.ts'

/** Runs one of several servers of this machine under a supervisor, which shows health and metrics for all. */
export async function runWorker(
  settings: ServerSettings,
  slot: WorkerSlot,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  process.on('message', (message: SupervisorMessage) => {
    if (message.type === 'stop') stop.abort()
  })
  // A supervisor that was killed leaves nobody to restart or stop the workers: they end in order.
  process.on('disconnect', () => stop.abort())
  await using running = new DisposalStack()
  const further = await openFurtherLog(settings, running)
  try {
    await runServer(
      settings,
      {
        loggers: createLoggers(settings.log, {
          version: productVersion,
          file: fileOfSupervisor('log'),
          further,
        }),
        accessLogFile:
          settings.accessLog?.file === undefined ? undefined : fileOfSupervisor('access'),
        worker: slot,
        publish: async (reports) => publish(reports),
        serving: ({ text }) => tell({ type: 'serving', listening: text }),
      },
      AbortSignal.any([signal, stop.signal]),
    )
  } finally {
    if (process.connected) process.disconnect()
  }
}

/** Workers write to no file themselves: each would rotate it under the others. */
function fileOfSupervisor(file: LogFileName): LineSink {
  return { write: (text) => tell({ type: 'lines', file, text }) }
}

function publish({ health, metrics }: ServerReports): { url: undefined } & AsyncDisposable {
  const report = () => tell({ type: 'health', ready: health.ready(), started: health.started() })
  const timer = setInterval(report, healthIntervalMs)
  process.on('message', (message: SupervisorMessage) => {
    if (message.type !== 'metrics') return
    void metrics.getMetricsAsJSON().then((snapshot) => {
      tell({ type: 'metrics', id: message.id, snapshot: snapshot as unknown as MetricsSnapshot })
    })
  })
  return {
    url: undefined,
    [Symbol.asyncDispose]: async () => clearInterval(timer),
  }
}

function tell(message: WorkerMessage): void {
  if (process.connected) process.send?.(message)
}
