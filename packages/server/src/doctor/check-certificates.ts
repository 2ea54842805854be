import { X509Certificate } from 'node:crypto'
import type { TlsSettings } from '../http/http-settings.ts'
import { TlsMaterial } from '../http/tls-material.ts'
import type { Clock } from '../shared/clock.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

const dayMs = 24 * 3_600_000
/** Time to renew one by hand. */
const daysWorthSaying = 30

/** Looks at the key material of a listener: that it can be used, that it names the host, and how long it is good for. */
export async function checkCertificate(
  name: string,
  tls: TlsSettings,
  hostname: string | undefined,
  clock: Clock,
): Promise<Finding[]> {
  const subject = 'certificate'
  let material: TlsMaterial
  try {
    material = await TlsMaterial.load(tls)
  } catch (error) {
    return [
      failed(
        subject,
        `${name}: ${(error as Error).message}`,
        'check the files, their rights and their password',
      ),
    ]
  }
  const { endsAtMs } = material
  const { cert } = material.options
  material[Symbol.dispose]()
  // A store in an encryption that only OpenSSL knows: what is in it the handshake shows.
  if (endsAtMs === undefined) return [ok(subject, `${name}: the key store opens`)]
  const days = Math.floor((endsAtMs - clock.now()) / dayMs)
  const renew = 'renew it; the files are read again without a restart'
  const findings = [
    days < 0
      ? failed(subject, `${name} ended ${-days} days ago`, renew)
      : days < daysWorthSaying
        ? warning(subject, `${name} ends in ${days} days`, renew)
        : ok(subject, `${name} is good for ${days} days`),
  ]
  // The names in a PKCS#12 store are not looked at.
  const isPem = cert instanceof Buffer || typeof cert === 'string'
  if (hostname === undefined || !isPem) return findings
  if (new X509Certificate(cert).checkHost(hostname) !== undefined) return findings
  return [
    ...findings,
    warning(
      subject,
      `${name} does not name ${hostname}`,
      `have it issued for ${hostname}, unless a proxy stands in front`,
    ),
  ]
}
