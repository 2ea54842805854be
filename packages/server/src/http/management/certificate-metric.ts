import type { Registry } from 'prom-client'
import { customMetric } from './http-timings.ts'

/** @param endsAtMs when the certificate in use ends; undefined without one: then there is no sample */
export function registerCertificateMetric(
  registry: Registry,
  endsAtMs: () => number | undefined,
): void {
  const name = 'holdfast_certificate_expiry_seconds'
  const help = 'When the HTTPS certificate in use ends, in seconds since the epoch'
  registry.registerMetric(
    customMetric(name, help, 'gauge', 'max', () => {
      const at = endsAtMs()
      return at === undefined ? [] : [{ labels: {}, value: at / 1000 }]
    }),
  )
}
