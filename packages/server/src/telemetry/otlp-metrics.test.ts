import { Counter, Gauge, Histogram, Registry, Summary } from 'prom-client'
import { describe, expect, it } from 'vitest'
import type { MetricsSnapshot } from './metrics-snapshot.ts'
import { otlpMetrics } from './otlp-metrics.ts'

const registry = new Registry()
const registers = [registry]
const snapshot = async () => (await registry.getMetricsAsJSON()) as unknown as MetricsSnapshot
const span = { startMs: 1_500, endMs: 10_250 }

describe('otlpMetrics', () => {
  it('makes counters monotonic sums, gauges gauges, and counts between boundaries of histograms', async () => {
    new Counter({ name: 'a_total', help: 'A', labelNames: ['realm'], registers }).inc(
      { realm: 'x' },
      3,
    )
    new Gauge({ name: 'b', help: 'B', registers }).set(7)
    const histogram = new Histogram({ name: 'c', help: 'C', buckets: [1, 5], registers })
    for (const value of [0.5, 2, 3, 9]) histogram.observe(value)
    const [counter, gauge, buckets] = otlpMetrics(await snapshot(), span)
    expect(counter).toMatchObject({
      descriptor: { name: 'a_total', description: 'A' },
      isMonotonic: true,
      dataPoints: [
        {
          startTime: [1, 500_000_000],
          endTime: [10, 250_000_000],
          attributes: { realm: 'x' },
          value: 3,
        },
      ],
    })
    expect(gauge).toMatchObject({ descriptor: { name: 'b' }, dataPoints: [{ value: 7 }] })
    expect(gauge).not.toHaveProperty('isMonotonic')
    expect(buckets?.dataPoints.map(({ value }) => value)).toEqual([
      { sum: 14.5, count: 4, buckets: { boundaries: [1, 5], counts: [1, 2, 1] } },
    ])
  })

  it('gives the parts of a summary names of their own', async () => {
    registry.clear()
    new Summary({ name: 'd', help: 'D', percentiles: [0.5], registers }).observe(4)
    const metrics = otlpMetrics(await snapshot(), span)
    const names = metrics.map(({ descriptor }) => descriptor.name)
    expect(names).toEqual(['d', 'd_sum', 'd_count'])
    expect(metrics[0]?.dataPoints[0]?.attributes).toEqual({ quantile: '0.5' })
  })
})
