import type { LogLevel } from '../log/log-settings.ts'
import type { OtlpTarget } from './otlp-target.ts'
import type { TracingSettings } from './tracing-settings.ts'

/** Metrics that are sent. */
export interface MetricExportSettings extends OtlpTarget {
  readonly intervalMs: number
}

/** Log lines that are sent. */
export interface LogExportSettings extends OtlpTarget {
  readonly level: LogLevel
}

/** What is sent to collectors; undefined where it is not. */
export interface TelemetrySettings {
  readonly tracing: TracingSettings | undefined
  readonly metrics: MetricExportSettings | undefined
  readonly logs: LogExportSettings | undefined
}
