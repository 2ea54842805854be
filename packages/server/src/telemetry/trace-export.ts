import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { TracingSettings } from './tracing-settings.ts'

/** How long one delivery may take. */
const timeoutMs = 10_000

/** @returns what sends finished spans to the collector, by gRPC or as protobuf over HTTP */
export async function openTraceExport(settings: TracingSettings): Promise<SpanExporter> {
  const { endpoint, protocol, headers, compression } = settings
  const common = { timeoutMillis: timeoutMs, compression: compression as never }
  if (protocol === 'grpc') {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc')
    const { Metadata } = await import('@grpc/grpc-js')
    const metadata = new Metadata()
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
    return new OTLPTraceExporter({ ...common, url: endpoint, metadata })
  }
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-proto')
  const url = /\/v1\/traces\/?$/.test(endpoint)
    ? endpoint
    : `${endpoint.replace(/\/+$/, '')}/v1/traces`
  return new OTLPTraceExporter({ ...common, url, headers })
}
