import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client'

/** The text of /metrics and its media type. */
export interface MetricsPage {
  readonly text: string
  readonly contentType: string
}

/** What the management listener shows: of this process, or summed over all workers. */
export interface MetricsSource {
  page(accept: string): Promise<MetricsPage>
}

/** Metrics of one process as they travel between processes. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[]

/** @returns the page in OpenMetrics when the scraper asks for it, else in Prometheus text */
export async function renderMetrics(registry: Registry, accept: string): Promise<MetricsPage> {
  const open = accept.includes('application/openmetrics-text')
  const type = open ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE
  // The library types a registry by the one format that it was made for, but may change it at any time.
  registry.setContentType(type as typeof Registry.PROMETHEUS_CONTENT_TYPE)
  return { text: await registry.metrics(), contentType: registry.contentType }
}

/** @returns one registry that stands for all processes: counters summed, other metrics as each one says */
export function sumOf(snapshots: readonly MetricsSnapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots as unknown as object[])
}
