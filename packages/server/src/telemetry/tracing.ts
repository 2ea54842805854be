import { AsyncLocalStorage } from 'node:async_hooks'
import type { TracingChannelSubscribers } from 'node:diagnostics_channel'
import type * as Api from '@opentelemetry/api'
import type { BasicTracerProvider, Sampler } from '@opentelemetry/sdk-trace-base'
import type { FastifyInstance } from 'fastify'
import { requestContext } from '../log/request-context.ts'
import type { RequestScope } from '../log/request-scope.ts'
import { openOtlpExport } from './otlp-export.ts'
import { type TracedWork, tracedWork } from './traced-work.ts'
import type { TracingSettings } from './tracing-settings.ts'

type Subscribers = TracingChannelSubscribers<TracedWork>

const traceparent = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/

/** Statements and hashes outside of requests (polls, heartbeats) are not traced: they would be most of all. */
const kinds = [
  ['sql', 'SQL'],
  ['hashing', 'hash'],
  ['outgoing', 'HTTP'],
] as const

/**
 * Spans for requests and for what takes time in them: statements, password hashes, calls that leave. The libraries are loaded
 * only when tracing is on: they take a second and 23 MB.
 */
export class Tracing implements AsyncDisposable {
  readonly #api: typeof Api
  readonly #provider: BasicTracerProvider
  readonly #tracer: Api.Tracer
  readonly #spans = new AsyncLocalStorage<Api.Span>()
  readonly #subscribed: (() => void)[] = []

  private constructor(api: typeof Api, provider: BasicTracerProvider, settings: TracingSettings) {
    this.#api = api
    this.#provider = provider
    this.#tracer = provider.getTracer('holdfast')
    for (const [kind, prefix] of kinds) {
      if (kind === 'sql' && !settings.sql) continue
      const subscribers = this.#subscribers(prefix, kind === 'outgoing')
      tracedWork[kind].subscribe(subscribers)
      this.#subscribed.push(() => tracedWork[kind].unsubscribe(subscribers))
    }
  }

  /** @throws Error when the endpoint is no URL */
  static async open(settings: TracingSettings): Promise<Tracing> {
    const [api, sdk, { resourceFromAttributes }, encodings] = await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-base'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/otlp-transformer'),
    ])
    const encoding = {
      serializer: encodings.ProtobufTraceSerializer,
      counter: encodings.TraceExporterMetricsHelper,
    }
    const exporter = await openOtlpExport('traces', encoding, settings)
    const provider = new sdk.BasicTracerProvider({
      resource: resourceFromAttributes({
        'service.name': settings.serviceName,
        ...settings.resourceAttributes,
      }),
      sampler: samplerOf(settings, sdk),
      spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
    })
    return new Tracing(api, provider, settings)
  }

  /** Every request of `app` is a span; log lines of it name the trace. */
  observe(app: FastifyInstance, requests: Pick<RequestScope, 'note'> | undefined): void {
    const ofRequests = new WeakMap<object, Api.Span>()
    app.addHook('onRequest', (request, _reply, done) => {
      const span = this.#begin(request)
      ofRequests.set(request, span)
      const { traceId, spanId, traceFlags } = span.spanContext()
      requests?.note('traceId', traceId)
      requests?.note('spanId', spanId)
      requests?.note('sampled', String((traceFlags & 1) === 1))
      this.#spans.run(span, done)
    })
    app.addHook('onResponse', (request, reply, done) => {
      const span = ofRequests.get(request)
      const route = request.routeOptions.url
      if (route !== undefined) {
        span?.updateName(`${request.method} ${route}`)
        span?.setAttribute('http.route', route)
      }
      span?.setAttribute('http.response.status_code', reply.statusCode)
      if (reply.statusCode >= 500) span?.setStatus({ code: this.#api.SpanStatusCode.ERROR })
      span?.end()
      done()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const unsubscribe of this.#subscribed.splice(0)) unsubscribe()
    await this.#provider.shutdown().catch(() => undefined)
  }

  #begin(request: RequestLike): Api.Span {
    const { trace, ROOT_CONTEXT, SpanKind } = this.#api
    const [, traceId = '', spanId = '', flags = '0'] =
      traceparent.exec(String(request.headers['traceparent'] ?? '')) ?? []
    const parent =
      traceId === ''
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            traceId,
            spanId,
            traceFlags: Number.parseInt(flags, 16) & 1,
            isRemote: true,
          })
    const path = request.url.split('?', 1)[0] ?? ''
    const { realmName, clientId } = requestContext(request.url, '')
    const attributes = {
      'http.request.method': request.method,
      'url.path': path,
      ...(realmName === undefined ? {} : { 'kc.realmName': realmName }),
      ...(clientId === undefined ? {} : { 'kc.clientId': clientId }),
    }
    return this.#tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent)
  }

  /** @param prefix of the spans' names @param leaves whether the other side is to be told of the trace */
  #subscribers(prefix: string, leaves: boolean): Subscribers {
    const { trace, ROOT_CONTEXT, SpanKind, SpanStatusCode } = this.#api
    const open = new WeakMap<object, Api.Span>()
    return {
      start: (work) => {
        const parent = this.#spans.getStore()
        if (parent === undefined) return
        const { name, attributes } = work as TracedWork
        const span = this.#tracer.startSpan(
          `${prefix} ${name}`,
          { kind: SpanKind.CLIENT, attributes },
          trace.setSpan(ROOT_CONTEXT, parent),
        )
        open.set(work as object, span)
        const { traceId, spanId, traceFlags } = span.spanContext()
        const { headers } = work as TracedWork
        if (leaves && headers !== undefined) {
          headers['traceparent'] = `00-${traceId}-${spanId}-${(traceFlags & 1) === 1 ? '01' : '00'}`
        }
      },
      end: () => undefined,
      asyncStart: () => undefined,
      error: (work) => open.get(work as object)?.setStatus({ code: SpanStatusCode.ERROR }),
      asyncEnd: (work) => open.get(work as object)?.end(),
    } as Subscribers
  }
}

/** What of a request a span begins with. */
interface RequestLike {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

function samplerOf(
  { sampler, ratio }: TracingSettings,
  sdk: typeof import('@opentelemetry/sdk-trace-base'),
): Sampler {
  const name = sampler.replace('parentbased_', '')
  const root =
    name === 'always_on'
      ? new sdk.AlwaysOnSampler()
      : name === 'always_off'
        ? new sdk.AlwaysOffSampler()
        : new sdk.TraceIdRatioBasedSampler(ratio)
  return sampler.startsWith('parentbased_') ? new sdk.ParentBasedSampler({ root }) : root
}
