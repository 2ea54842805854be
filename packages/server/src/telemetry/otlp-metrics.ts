import type { Attributes, HrTime } from '@opentelemetry/api'
import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics'
import type { MetricsSnapshot } from './metrics-snapshot.ts'

type Metric = MetricsSnapshot[number]
type Sample = Metric['values'][number] & { readonly metricName?: string }

/** Numbers of the library's enumerations, which is loaded only where metrics are sent. */
const cumulative = 1
const histogramType = 0
const gaugeType = 2
const sumType = 3
const doubleType = 1

/** From when to when cumulative numbers count. */
export interface Span {
  readonly startMs: number
  readonly endMs: number
}

/**
 * The metrics of /metrics, under the same names, in OpenTelemetry's model: counters are cumulative monotonic sums, histograms
 * have explicit boundaries, and the `_count`, `_sum` and quantiles of summaries are series of their own (OpenTelemetry's metrics
 * data model, "Prometheus").
 */
export function otlpMetrics(snapshot: MetricsSnapshot, span: Span): MetricData[] {
  const times = { startTime: hrTime(span.startMs), endTime: hrTime(span.endMs) }
  return snapshot.flatMap((metric) => {
    const type = String(metric.type)
    if (type === 'histogram') return [histogram(metric, times)]
    if (type === 'summary') return summary(metric, times)
    return [single(metric, metric.name, metric.values, type === 'counter', times)]
  })
}

type Times = Pick<DataPoint<number>, 'startTime' | 'endTime'>

function single(
  metric: Metric,
  name: string,
  samples: readonly Sample[],
  counts: boolean,
  times: Times,
): MetricData {
  const common = {
    descriptor: descriptor(metric, name),
    aggregationTemporality: cumulative,
    dataPoints: samples.map(({ labels, value }) => ({
      ...times,
      attributes: attributesOf(labels),
      value,
    })),
  }
  return (
    counts
      ? { ...common, dataPointType: sumType, isMonotonic: true }
      : { ...common, dataPointType: gaugeType }
  ) as MetricData
}

function summary(metric: Metric, times: Times): MetricData[] {
  const byName = grouped(metric.values, ({ metricName }) => metricName ?? metric.name)
  return [...byName].map(([name, samples]) =>
    single(metric, name, samples, name !== metric.name, times),
  )
}

function histogram(metric: Metric, times: Times): MetricData {
  const series = grouped(metric.values, ({ labels }) => {
    const { le: _, ...others } = labels as Record<string, unknown>
    return JSON.stringify(Object.entries(others).toSorted())
  })
  return {
    descriptor: descriptor(metric, metric.name),
    aggregationTemporality: cumulative,
    dataPointType: histogramType,
    dataPoints: [...series.values()].map((samples) => ({
      ...times,
      attributes: attributesOf(samples[0]?.labels ?? {}),
      value: distribution(metric.name, samples),
    })),
  } as MetricData
}

/** Prometheus' buckets count all below a boundary, OpenTelemetry's those between two. */
function distribution(name: string, samples: readonly Sample[]): Histogram {
  const value = (suffix: string) =>
    samples.find(({ metricName }) => metricName === `${name}_${suffix}`)?.value ?? 0
  const buckets = samples
    .filter(({ metricName }) => metricName === `${name}_bucket`)
    .map(({ labels, value: below }) => ({
      boundary: boundaryOf((labels as { le?: string | number }).le),
      below,
    }))
    .toSorted((a, b) => a.boundary - b.boundary)
  return {
    sum: value('sum'),
    count: value('count'),
    buckets: {
      boundaries: buckets.map(({ boundary }) => boundary).filter(Number.isFinite),
      counts: buckets.map(({ below }, index) => below - (buckets[index - 1]?.below ?? 0)),
    },
  }
}

function boundaryOf(le: string | number | undefined): number {
  return le === undefined || le === '+Inf' ? Infinity : Number(le)
}

/** As `Map.groupBy`, which Node.js 20 does not have. */
function grouped(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
): ReadonlyMap<string, readonly Sample[]> {
  const groups = new Map<string, Sample[]>()
  for (const sample of samples) {
    const key = keyOf(sample)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [sample])
    else group.push(sample)
  }
  return groups
}

function descriptor({ help }: Metric, name: string) {
  return { name, description: help, unit: '', valueType: doubleType }
}

function attributesOf(labels: object): Attributes {
  return Object.fromEntries(
    Object.entries(labels)
      .filter(([name]) => name !== 'le')
      .map(([name, value]) => [name, String(value)]),
  )
}

function hrTime(ms: number): HrTime {
  return [Math.trunc(ms / 1000), Math.trunc(ms % 1000) * 1_000_000]
}
