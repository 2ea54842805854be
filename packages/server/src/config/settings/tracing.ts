import type { SettingArea } from './setting.ts'

/** Tracing: every option of Keycloak 26 on this subject, and what of it acts here. */
export const tracingSettings: SettingArea = {
  title: 'Tracing',
  settings: [
    {
      name: 'tracing-compression',
      type: 'choice',
      argument: 'method',
      default: 'none',
      allowed: ['gzip', 'none'],
      description: 'Whether traces are compressed on their way.',
    },
    {
      name: 'tracing-enabled',
      type: 'boolean',
      default: 'false',
      description:
        'Traces requests, statements, password hashes and calls that leave (OpenTelemetry). Costs a second at the start and some 40 µs a request that is sampled.',
    },
    {
      name: 'tracing-endpoint',
      type: 'text',
      argument: 'url',
      default: 'http://localhost:4317',
      description: 'Where traces go; unless set, `telemetry-endpoint`.',
    },
    {
      name: 'tracing-header-<header>',
      type: 'text',
      argument: 'value',
      secret: true,
      description: 'Header that is sent with them.',
    },
    {
      name: 'tracing-infinispan-enabled',
      type: 'boolean',
      default: 'true',
      cannot:
        'there is no Infinispan, and caches answer from memory or by statements, which are spans',
      description: 'Spans of the embedded caches.',
    },
    {
      name: 'tracing-jdbc-enabled',
      type: 'boolean',
      default: 'true',
      description: 'Whether statements are spans.',
    },
    {
      name: 'tracing-protocol',
      type: 'choice',
      argument: 'protocol',
      default: 'grpc',
      allowed: ['grpc', 'http/protobuf'],
      description:
        'How traces travel: over gRPC, or as protobuf over HTTP; unless set, `telemetry-protocol`.',
    },
    {
      name: 'tracing-resource-attributes',
      type: 'text',
      argument: 'attributes',
      description: '`name=value` pairs, with commas between them, that are in every trace.',
    },
    {
      name: 'tracing-sampler-ratio',
      type: 'text',
      argument: 'ratio',
      default: '1.0',
      description: 'Share of requests that are traced, from 0 to 1.',
    },
    {
      name: 'tracing-sampler-type',
      type: 'choice',
      argument: 'type',
      default: 'traceidratio',
      allowed: [
        'always_on',
        'always_off',
        'traceidratio',
        'parentbased_always_on',
        'parentbased_always_off',
        'parentbased_traceidratio',
      ],
      description: 'Which requests are traced; `parentbased_…` follows whoever sent the request.',
    },
    {
      name: 'tracing-service-name',
      type: 'text',
      argument: 'name',
      default: 'keycloak',
      description: 'Name of this service in traces.',
    },
  ],
}
