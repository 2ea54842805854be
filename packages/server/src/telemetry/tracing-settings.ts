import type { OtlpTarget } from './otlp-target.ts'

/** How requests are traced, and where their traces go. */
export interface TracingSettings extends OtlpTarget {
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
