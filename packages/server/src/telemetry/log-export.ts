import type { LogRecord as SentRecord } from '@opentelemetry/api-logs'
import { diagnosticContext, type RequestContext } from '../log/line-format.ts'
import { type LogRecord, levelName } from '../log/log-record.ts'
import type { LogSettings } from '../log/log-settings.ts'
import type { LogHandler } from '../log/loggers.ts'
import { openOtlpExport } from './otlp-export.ts'
import type { LogExportSettings } from './telemetry-settings.ts'

/** OpenTelemetry's number of pino's level: TRACE is 1, each next name four more. */
const severity = (level: number) => Math.min(Math.max((level / 10 - 1) * 4 + 1, 1), 21)

const traceKeys: ReadonlySet<string> = new Set(['traceId', 'spanId', 'parentId', 'sampled'])

/** Sends log lines to a collector, with what they say of their request as attributes and their trace beside them. */
export interface LogExport extends AsyncDisposable {
  /** @param request what is known of the request that a line belongs to */
  handler(request: RequestContext): LogHandler
}

/** @param contextKeys what of a request lines say; undefined = the request's id alone */
export async function openLogExport(
  settings: LogExportSettings,
  { contextKeys }: Pick<LogSettings, 'contextKeys'>,
): Promise<LogExport> {
  const [api, sdk, { resourceFromAttributes }, { LogsExporterMetricsHelper, ...encodings }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-logs'),
      import('@opentelemetry/resources'),
      import('@opentelemetry/otlp-transformer'),
    ])
  const encoding = {
    serializer: encodings.ProtobufLogsSerializer,
    counter: LogsExporterMetricsHelper,
  }
  const exporter = await openOtlpExport('logs', encoding, settings)
  const provider = new sdk.LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': settings.serviceName,
      ...settings.resourceAttributes,
    }),
    processors: [new sdk.BatchLogRecordProcessor({ exporter })],
  })
  const logger = provider.getLogger('holdfast')
  const handler = (request: RequestContext): LogHandler => ({
    level: settings.level,
    write: (category, record) => {
      const said = diagnosticContext(record, request, contextKeys)
      const context = traceOf(said, api)
      logger.emit({
        ...sent(category, record, said),
        ...(context === undefined ? {} : { context }),
      })
    },
  })
  return {
    handler,
    [Symbol.asyncDispose]: async () => await provider.shutdown().catch(() => undefined),
  }
}

function sent(
  category: string,
  { level, time, msg, err }: LogRecord,
  said: Readonly<Record<string, string>>,
): SentRecord {
  const told = Object.entries(said).filter(([name]) => !traceKeys.has(name))
  return {
    timestamp: time,
    severityNumber: severity(level),
    severityText: levelName(level),
    body: msg ?? err?.message ?? '',
    attributes: {
      'log.logger.namespace': category,
      ...Object.fromEntries(told),
      ...(err?.type === undefined ? {} : { 'exception.type': err.type }),
      ...(err?.message === undefined ? {} : { 'exception.message': err.message }),
      ...(err?.stack === undefined ? {} : { 'exception.stacktrace': err.stack }),
    },
  }
}

/** @returns the span that a line belongs to, as the library carries it; undefined without one */
function traceOf(
  { traceId, spanId, sampled }: Readonly<Record<string, string>>,
  { trace, ROOT_CONTEXT }: typeof import('@opentelemetry/api'),
): ReturnType<typeof trace.setSpanContext> | undefined {
  if (traceId === undefined || spanId === undefined) return undefined
  const traceFlags = sampled === 'true' ? 1 : 0
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags })
}
