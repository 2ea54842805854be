import type { MetricsSnapshot } from './metrics-snapshot.ts'
import { openOtlpExport } from './otlp-export.ts'
import { otlpMetrics } from './otlp-metrics.ts'
import type { MetricExportSettings } from './telemetry-settings.ts'

/**
 * Sends what /metrics shows at an interval, and once more at the end.
 * @param collect the metrics of this process, or summed over all workers
 * @returns what ends it
 */
export async function openMetricExport(
  settings: MetricExportSettings,
  collect: () => Promise<MetricsSnapshot>,
): Promise<AsyncDisposable> {
  const [sdk, { resourceFromAttributes }, { MetricsExporterMetricsHelper, ...encodings }] =
    await Promise.all([
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/otlp-transformer'),
    ])
  const encoding = {
    serializer: encodings.ProtobufMetricsSerializer,
    counter: MetricsExporterMetricsHelper,
  }
  const resource = resourceFromAttributes({
    'service.name': settings.serviceName,
    ...settings.resourceAttributes,
  })
  const startMs = Date.now() - process.uptime() * 1000
  const producer = {
    collect: async () => {
      const metrics = otlpMetrics(await collect(), { startMs, endMs: Date.now() })
      const scopeMetrics = [{ scope: { name: 'holdfast' }, metrics }]
      return { resourceMetrics: { resource, scopeMetrics }, errors: [] }
    },
  }
  const { intervalMs } = settings
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: await openOtlpExport('metrics', encoding, settings),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: Math.min(intervalMs, 30_000),
    metricProducers: [producer],
  })
  const provider = new sdk.MeterProvider({ resource, readers: [reader] })
  return {
    [Symbol.asyncDispose]: async () => await provider.shutdown().catch(() => undefined),
  }
}
