import type { OtlpTarget } from '../telemetry/otlp-target.ts'
import type {
  LogExportSettings,
  MetricExportSettings,
  TelemetrySettings,
} from '../telemetry/telemetry-settings.ts'
import type { TracingSettings } from '../telemetry/tracing-settings.ts'
import { levelOf } from './log-choice.ts'
import { SettingError } from './setting-error.ts'
import { parseList } from './setting-syntax.ts'
import type { SettingValues } from './setting-values.ts'

/**
 * `tracing-…`, `telemetry-metrics-…` and `telemetry-logs-…`, and where they say nothing `telemetry-…`.
 * @throws SettingError for an endpoint, a ratio, a level or an attribute that is none
 */
export function telemetrySettings(
  values: SettingValues,
  features: ReadonlySet<string>,
): TelemetrySettings {
  return {
    tracing: tracingSettings(values, features),
    metrics: metricExportSettings(values, features),
    logs: logExportSettings(values, features),
  }
}

function tracingSettings(
  values: SettingValues,
  features: ReadonlySet<string>,
): TracingSettings | undefined {
  if (!values.flag('tracing-enabled') || !features.has('OPENTELEMETRY')) return undefined
  const ratio = Number(values.text('tracing-sampler-ratio'))
  if (!(ratio >= 0 && ratio <= 1)) {
    throw refused(
      'tracing-sampler-ratio',
      String(values.text('tracing-sampler-ratio')),
      'a number from 0 to 1',
    )
  }
  return {
    ...otlpTarget(values, 'tracing'),
    sampler: values.text('tracing-sampler-type') as TracingSettings['sampler'],
    ratio,
    sql: values.flag('tracing-jdbc-enabled'),
  }
}

function metricExportSettings(
  values: SettingValues,
  features: ReadonlySet<string>,
): MetricExportSettings | undefined {
  if (!values.flag('telemetry-metrics-enabled')) return undefined
  if (!values.flag('metrics-enabled') || !features.has('OPENTELEMETRY_METRICS')) {
    values.warn(
      "Disabled option: '--telemetry-metrics-enabled'. Available only when metrics and the feature 'opentelemetry-metrics' are enabled",
    )
    return undefined
  }
  const intervalMs = values.durationMs('telemetry-metrics-interval') ?? 60_000
  return { ...otlpTarget(values, 'telemetry-metrics'), intervalMs: Math.max(intervalMs, 1_000) }
}

function logExportSettings(
  values: SettingValues,
  features: ReadonlySet<string>,
): LogExportSettings | undefined {
  if (!values.flag('telemetry-logs-enabled')) return undefined
  if (!features.has('OPENTELEMETRY_LOGS')) {
    values.warn(
      "Disabled option: '--telemetry-logs-enabled'. Available only when the feature 'opentelemetry-logs' is enabled",
    )
    return undefined
  }
  const level = values.text('telemetry-logs-level') ?? 'all'
  return { ...otlpTarget(values, 'telemetry-logs'), level: levelOf(level, 'telemetry-logs-level') }
}

/** @param prefix of the options of one kind of telemetry */
function otlpTarget(
  values: SettingValues,
  prefix: 'tracing' | 'telemetry-metrics' | 'telemetry-logs',
): OtlpTarget {
  const either = (name: string) =>
    values.explicit(`${prefix}-${name}`) ??
    values.explicit(`telemetry-${name}`) ??
    values.text(`telemetry-${name}`)
  const endpoint = either('endpoint') ?? ''
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
    throw refused(`${prefix}-endpoint`, endpoint, 'a URL such as http://localhost:4317')
  }
  const own = prefix === 'tracing' ? values.text('tracing-resource-attributes') : undefined
  return {
    endpoint,
    protocol: either('protocol') as OtlpTarget['protocol'],
    headers: Object.fromEntries([
      ...values.family('telemetry-header-'),
      ...values.family(`${prefix}-header-`),
    ]),
    compression:
      prefix === 'tracing' && values.text('tracing-compression') === 'gzip' ? 'gzip' : 'none',
    serviceName: either('service-name') ?? 'keycloak',
    resourceAttributes: {
      ...attributes('telemetry', values.text('telemetry-resource-attributes')),
      ...attributes(prefix, own),
    },
  }
}

/** `name=value,name=value`. */
function attributes(prefix: string, text = ''): Record<string, string> {
  const pairs = parseList(text).map((pair) => {
    const equals = pair.indexOf('=')
    if (equals < 1)
      throw refused(
        `${prefix}-resource-attributes`,
        pair,
        'name=value pairs with commas between them',
      )
    return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]
  })
  return Object.fromEntries(pairs)
}

function refused(name: string, text: string, expected: string): SettingError {
  return new SettingError(`Invalid value for option '--${name}': ${text}. Expected ${expected}`)
}
