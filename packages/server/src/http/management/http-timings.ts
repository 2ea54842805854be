import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Metric, Registry } from 'prom-client'

/** The largest duration is kept for at least one and at most two of these. */
const maxWindowMs = 60_000
/** Bucket boundaries of `http-metrics-histograms-enabled`, in seconds. */
const histogramSeconds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

interface Series {
  readonly labels: Readonly<Record<string, string>>
  readonly buckets: number[]
  count: number
  sum: number
  max: number
  previousMax: number
}

export interface HttpTimingsDeps {
  readonly registry: Registry
  readonly histograms: boolean
  readonly slosMs: readonly number[]
}

/** `http_server_requests_seconds` by method, outcome, status and path template, as Keycloak counts it. */
export class HttpTimings {
  readonly #series = new Map<string, Series>()
  readonly #boundaries: readonly number[]
  /** Keycloak's spelling of each path pattern of the router. */
  readonly #templates = new Map<string, string>()
  #windowStart = performance.now()

  constructor({ registry, histograms, slosMs }: HttpTimingsDeps) {
    const boundaries = [...(histograms ? histogramSeconds : []), ...slosMs.map((ms) => ms / 1000)]
    this.#boundaries = [...new Set(boundaries)].sort((a, b) => a - b)
    const help = 'HTTP server request processing time'
    const type = this.#boundaries.length > 0 ? 'histogram' : 'summary'
    const name = 'http_server_requests_seconds'
    registry.registerMetric(customMetric(name, help, type, 'sum', () => this.#durations(name)))
    registry.registerMetric(
      customMetric(`${name}_max`, help, 'gauge', 'max', () =>
        [...this.#series.values()].map(({ labels, max, previousMax }) => ({
          labels,
          value: Math.max(max, previousMax),
        })),
      ),
    )
  }

  /** Counts every answer of `app`. */
  observe(app: FastifyInstance): void {
    app.addHook('onResponse', (request, reply, done) => {
      const { url: route } = request.routeOptions
      const seconds = reply.elapsedTime / 1000
      if (route !== undefined) this.recordRoute(request.method, reply.statusCode, route, seconds)
      else this.record(request.method, reply.statusCode, unknownUri(reply), seconds)
      done()
    })
  }

  /** @param route path pattern of the router: `/realms/:realm/protocol/openid-connect/token` */
  recordRoute(method: string, status: number, route: string, seconds: number): void {
    let template = this.#templates.get(route)
    if (template === undefined) {
      template = templateOf(route)
      this.#templates.set(route, template)
    }
    this.record(method, status, template, seconds)
  }

  /** @param uri path template: `/realms/{realm}/protocol/{protocol}/token` */
  record(method: string, status: number, uri: string, seconds: number): void {
    this.#turnWindow()
    const key = `${method} ${status} ${uri}`
    let series = this.#series.get(key)
    if (series === undefined) {
      series = {
        labels: { method, outcome: outcomeOf(status), status: String(status), uri },
        buckets: this.#boundaries.map(() => 0),
        count: 0,
        sum: 0,
        max: 0,
        previousMax: 0,
      }
      this.#series.set(key, series)
    }
    series.count += 1
    series.sum += seconds
    series.max = Math.max(series.max, seconds)
    const bucket = this.#boundaries.findIndex((boundary) => seconds <= boundary)
    if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1
  }

  #turnWindow(): void {
    const now = performance.now()
    if (now - this.#windowStart < maxWindowMs) return
    this.#windowStart = now
    for (const series of this.#series.values()) {
      series.previousMax = series.max
      series.max = 0
    }
  }

  #durations(name: string): MetricSample[] {
    return [...this.#series.values()].flatMap(({ labels, buckets, count, sum }) => {
      let below = 0
      const samples = this.#boundaries.map((boundary, index) => {
        below += buckets[index] ?? 0
        return { metricName: `${name}_bucket`, labels: { ...labels, le: boundary }, value: below }
      })
      const all = { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count }
      return [
        ...(this.#boundaries.length > 0 ? [...samples, all] : []),
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: count },
      ]
    })
  }
}

/** One line of the exposition. */
export interface MetricSample {
  readonly metricName?: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/** A metric whose samples are computed when they are asked for; the registry only needs `get` and `reset`. */
export function customMetric(
  name: string,
  help: string,
  type: 'counter' | 'gauge' | 'histogram' | 'summary',
  aggregator: 'sum' | 'max' | 'average' | 'first',
  samples: () => readonly MetricSample[],
): Metric<string> {
  const metric = {
    name,
    help,
    type,
    aggregator,
    get: async () => ({ name, help, type, aggregator, values: samples() }),
    reset: () => undefined,
  }
  return metric as unknown as Metric<string>
}

function outcomeOf(status: number): string {
  if (status < 200) return 'INFORMATIONAL'
  if (status < 300) return 'SUCCESS'
  if (status < 400) return 'REDIRECTION'
  return status < 500 ? 'CLIENT_ERROR' : 'SERVER_ERROR'
}

/** An unknown path is one series, so that nobody can fill the memory. */
function unknownUri({ statusCode }: FastifyReply): string {
  return statusCode === 404 ? 'NOT_FOUND' : 'UNKNOWN'
}

/** Templates with Keycloak's own parameter names. */
function templateOf(pattern: string): string {
  return pattern
    .replace(/:([A-Za-z_]\w*)(?:\([^)]*\))?/g, '{$1}')
    .replace(/\/protocol\/(?:openid-connect|saml)(?=\/|$)/, '/protocol/{protocol}')
    .replace(/\/\.well-known\/[^/]+$/, '/.well-known/{alias}')
}
