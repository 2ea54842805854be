import type { SettingArea } from './setting.ts'

/** Telemetry: every option of Keycloak 26 on this subject, and what of it acts here. */
export const telemetrySettings: SettingArea = {
  title: 'Telemetry',
  settings: [
    {
      name: 'telemetry-endpoint',
      type: 'text',
      argument: 'url',
      default: 'http://localhost:4317',
      description:
        'Where traces, metrics and log lines go, unless `tracing-endpoint`, `telemetry-metrics-endpoint` or `telemetry-logs-endpoint` says otherwise.',
    },
    {
      name: 'telemetry-header-<header>',
      type: 'text',
      argument: 'value',
      secret: true,
      description: 'Header that is sent with all of it.',
    },
    {
      name: 'telemetry-logs-enabled',
      type: 'boolean',
      default: 'false',
      description:
        'Sends log lines to a collector (OpenTelemetry). Needs the feature `opentelemetry-logs`.',
    },
    {
      name: 'telemetry-logs-endpoint',
      type: 'text',
      argument: 'url',
      description: 'Where log lines go; unless set, `telemetry-endpoint`.',
    },
    {
      name: 'telemetry-logs-header-<header>',
      type: 'text',
      argument: 'value',
      secret: true,
      description: 'Header that is sent with log lines.',
    },
    {
      name: 'telemetry-logs-level',
      type: 'text',
      argument: 'level',
      default: 'all',
      description: 'Lowest level that is sent.',
    },
    {
      name: 'telemetry-logs-protocol',
      type: 'choice',
      argument: 'protocol',
      allowed: ['grpc', 'http/protobuf'],
      description: 'How log lines travel; unless set, `telemetry-protocol`.',
    },
    {
      name: 'telemetry-metrics-enabled',
      type: 'boolean',
      default: 'false',
      description:
        'Sends what `/metrics` shows to a collector (OpenTelemetry). Needs `metrics-enabled` and the feature `opentelemetry-metrics`.',
    },
    {
      name: 'telemetry-metrics-endpoint',
      type: 'text',
      argument: 'url',
      description: 'Where metrics go; unless set, `telemetry-endpoint`.',
    },
    {
      name: 'telemetry-metrics-header-<header>',
      type: 'text',
      argument: 'value',
      secret: true,
      description: 'Header that is sent with metrics.',
    },
    {
      name: 'telemetry-metrics-interval',
      type: 'duration',
      argument: 'duration',
      default: '60s',
      description: 'How often metrics are sent.',
    },
    {
      name: 'telemetry-metrics-protocol',
      type: 'choice',
      argument: 'protocol',
      allowed: ['grpc', 'http/protobuf'],
      description: 'How metrics travel; unless set, `telemetry-protocol`.',
    },
    {
      name: 'telemetry-protocol',
      type: 'choice',
      argument: 'protocol',
      default: 'grpc',
      allowed: ['grpc', 'http/protobuf'],
      description: 'How telemetry travels: over gRPC, or as protobuf over HTTP.',
    },
    {
      name: 'telemetry-resource-attributes',
      type: 'text',
      argument: 'attributes',
      description:
        'What is said of this server with all telemetry: `name=value` pairs with commas between them.',
    },
    {
      name: 'telemetry-service-name',
      type: 'text',
      argument: 'name',
      default: 'keycloak',
      description: 'Under which name this server sends telemetry.',
    },
  ],
}
