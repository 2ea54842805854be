import { availableParallelism, loadavg } from 'node:os'
import { collectDefaultMetrics, type Registry } from 'prom-client'
import { customMetric } from './http-timings.ts'

/** How exactly the delay of the event loop is sampled; finer would wake an idle process more often. */
const eventLoopPrecisionMs = 20

/** Process, garbage collection and event loop (`nodejs_…`, `process_…`), and the machine under Keycloak's names. */
export function registerProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopPrecisionMs })
  const gauges: readonly (readonly [string, string, 'max' | 'sum', () => number])[] = [
    ['process_uptime_seconds', 'Time since the process started.', 'max', () => process.uptime()],
    ['process_cpu_usage', 'Share of all cores that the process used lately.', 'sum', cpuUsage()],
    ['system_cpu_count', 'Cores that the process may use.', 'max', availableParallelism],
    ['system_load_average_1m', 'Load of the machine.', 'max', () => loadavg()[0] ?? 0],
  ]
  for (const [name, help, aggregator, value] of gauges) {
    const samples = () => [{ labels: {}, value: value() }]
    registry.registerMetric(customMetric(name, help, 'gauge', aggregator, samples))
  }
}

/** @returns a function that tells the usage since it was last asked */
function cpuUsage(): () => number {
  let usage = process.cpuUsage()
  let at = performance.now()
  return () => {
    const used = process.cpuUsage(usage)
    const elapsedMs = performance.now() - at
    usage = process.cpuUsage()
    at = performance.now()
    const usedMs = (used.user + used.system) / 1000
    return elapsedMs > 0 ? usedMs / elapsedMs / availableParallelism() : 0
  }
}
