import type { MetricObjectWithValues, MetricValue } from 'prom-client'

/** Metrics of one process as they travel between processes. */
export type MetricsSnapshot = readonly MetricObjectWithValues<MetricValue<string>>[]
