/** How requests are traced, and where their traces go. */
export interface TracingSettings {
  readonly endpoint: string
  readonly protocol: 'grpc' | 'http/protobuf'
  readonly headers: Readonly<Record<string, string>>
  readonly compression: 'gzip' | 'none'
  readonly serviceName: string
  readonly resourceAttributes: Readonly<Record<string, string>>
  readonly sampler:
    | 'always_on'
    | 'always_off'
    | 'traceidratio'
    | 'parentbased_always_on'
    | 'parentbased_always_off'
    | 'parentbased_traceidratio'
  readonly ratio: number
  /** Whether statements are spans. */
  readonly sql: boolean
}
