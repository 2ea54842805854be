import type { IOtlpExportDelegate, OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import type { IExporterMetricsHelper, ISerializer } from '@opentelemetry/otlp-transformer'
import type { OtlpTarget } from './otlp-target.ts'

/** How long one delivery may take. */
const timeoutMillis = 10_000

/** What is sent, as the protocol and the library call it. */
const kinds = {
  traces: { path: 'v1/traces', signal: 'TRACES', name: 'Trace' },
  metrics: { path: 'v1/metrics', signal: 'METRICS', name: 'Metrics' },
  logs: { path: 'v1/logs', signal: 'LOGS', name: 'Logs' },
} as const

/** How items of one kind become bytes. */
interface Encoding<Items> {
  readonly serializer: ISerializer<Items, unknown>
  readonly counter: IExporterMetricsHelper<Items>
}

/**
 * @param encoding the library's own of the kind
 * @returns what sends telemetry to the collector, by gRPC or as protobuf over HTTP (OTLP 1.x)
 */
export async function openOtlpExport<Items>(
  kind: keyof typeof kinds,
  encoding: Encoding<Items>,
  target: OtlpTarget,
): Promise<OTLPExporterBase<Items>> {
  const { OTLPExporterBase } = await import('@opentelemetry/otlp-exporter-base')
  const delegate =
    target.protocol === 'grpc'
      ? await byGrpc(kind, encoding, target)
      : await byHttp(kind, encoding, target)
  return new OTLPExporterBase<Items>(delegate)
}

async function byGrpc<Items>(
  kind: keyof typeof kinds,
  { serializer, counter }: Encoding<Items>,
  { endpoint, headers, compression }: OtlpTarget,
): Promise<IOtlpExportDelegate<Items>> {
  const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
    '@opentelemetry/otlp-grpc-exporter-base'
  )
  const { Metadata } = await import('@grpc/grpc-js')
  const metadata = new Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  const { signal, name } = kinds[kind]
  const common = { timeoutMillis, compression: compression as never, url: endpoint, metadata }
  return createOtlpGrpcExportDelegate(
    convertLegacyOtlpGrpcOptions(common, signal),
    serializer,
    'otlp_grpc_exporter',
    counter,
    undefined,
    `${name}ExportService`,
    `/opentelemetry.proto.collector.${kind === 'traces' ? 'trace' : kind}.v1.${name}Service/Export`,
  )
}

async function byHttp<Items>(
  kind: keyof typeof kinds,
  { serializer, counter }: Encoding<Items>,
  { endpoint, headers, compression }: OtlpTarget,
): Promise<IOtlpExportDelegate<Items>> {
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  )
  const { path, signal } = kinds[kind]
  const trimmed = endpoint.replace(/\/+$/, '')
  const url = trimmed.endsWith(`/${path}`) ? trimmed : `${trimmed}/${path}`
  const common = { timeoutMillis, compression: compression as never, url, headers }
  return createOtlpHttpExportDelegate(
    convertLegacyHttpOptions(common, signal, path, { 'Content-Type': 'application/x-protobuf' }),
    serializer,
    'otlp_http_exporter',
    counter,
    undefined,
  )
}
