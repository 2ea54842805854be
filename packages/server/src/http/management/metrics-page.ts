import { AggregatorRegistry, type Registry } from 'prom-client'
import type { MetricsSnapshot } from '../../telemetry/metrics-snapshot.ts'

/** The text of /metrics and its media type. */
export interface MetricsPage {
  readonly text: string
  readonly contentType: string
}

/** What the management listener shows: of this process, or summed over all workers. */
export interface MetricsSource {
  page(accept: string): Promise<MetricsPage>
}

const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'
const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

/** @returns the page in OpenMetrics, as Keycloak, unless the scraper asks for Prometheus text only */
export async function renderMetrics(registry: Registry, accept: string): Promise<MetricsPage> {
  const text = await registry.metrics()
  const plain = accept.includes('text/plain') && !accept.includes('openmetrics')
  return plain
    ? { text, contentType: prometheusType }
    : { text: toOpenMetrics(text), contentType: openMetricsType }
}

/**
 * OpenMetrics names a counter without `_total` and its sample with it, knows no empty lines and ends with a mark. (The
 * library's own form strips the suffix for good, so that the next scrape in the other form would miss it.)
 */
export function toOpenMetrics(text: string): string {
  const counters = new Set<string>()
  for (const [, name] of text.matchAll(/^# TYPE (\S+) counter$/gm)) {
    if (name !== undefined) counters.add(name)
  }
  const lines = text.split('\n').filter((line) => line !== '')
  const converted = lines.map((line) => {
    const comment = /^# (HELP|TYPE) (\S+)(.*)$/.exec(line)
    if (comment !== null) {
      const [, kind, name = '', rest] = comment
      return `# ${kind} ${counters.has(name) ? name.replace(/_total$/, '') : name}${rest}`
    }
    const name = /^[^{\s]+/.exec(line)?.[0] ?? ''
    if (!counters.has(name) || name.endsWith('_total')) return line
    return `${name}_total${line.slice(name.length)}`
  })
  return `${converted.join('\n')}\n# EOF\n`
}

/** @returns one registry that stands for all processes: counters summed, other metrics as each one says */
export function sumOf(snapshots: readonly MetricsSnapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots as unknown as object[])
}
