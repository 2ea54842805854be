import type { Registry } from 'prom-client'
import { customMetric } from './http-timings.ts'

/** When the certificate of each listener ends, in milliseconds since the epoch; undefined without one. */
export type CertificateEnds = Readonly<Record<'main' | 'management', () => number | undefined>>

/** A listener without a certificate, or with one whose end cannot be told, has no sample. */
export function registerCertificateMetric(registry: Registry, ends: CertificateEnds): void {
  const name = 'holdfast_certificate_expiry_seconds'
  const help = 'When the certificate that a listener uses ends, in seconds since the epoch'
  registry.registerMetric(
    customMetric(name, help, 'gauge', 'max', () =>
      Object.entries(ends).flatMap(([listener, endsAtMs]) => {
        const at = endsAtMs()
        return at === undefined ? [] : [{ labels: { listener }, value: at / 1000 }]
      }),
    ),
  )
}
