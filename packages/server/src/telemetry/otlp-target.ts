/** Where one kind of telemetry goes, and how. */
export interface OtlpTarget {
  readonly endpoint: string
  readonly protocol: 'grpc' | 'http/protobuf'
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  readonly serviceName: string
  readonly resourceAttributes: Readonly<Record<string, string>>
}
