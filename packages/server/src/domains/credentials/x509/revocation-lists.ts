import type { X509Certificate } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { resolve, sep } from 'node:path'
import type { X509Crl } from '@peculiar/x509'
import type { Clock } from '../../../shared/clock.ts'
import { CertificateRefusal } from './certificate-refusal.ts'
import { parsedCertificate, x509Library } from './parsed-certificate.ts'
import type { CrlConfig } from './x509-config.ts'

export interface RevocationListsDeps {
  /** Files are looked for below it, and nowhere else. */
  readonly directory: string
  /** Asks addresses that settings or certificates name. */
  readonly requests: { bytes(url: string, bytesMax: number): Promise<Buffer> }
  readonly clock: Clock
  /** Lists that are kept at the same time; beyond it the one asked for longest ago is forgotten. */
  readonly listsMax?: number | undefined
}

/** Longest list, in bytes. */
const listBytesMax = 16 * 1024 * 1024
/** Longest that a list is kept; a shorter time where it says when the next one comes. */
const keptMs = 3_600_000
/** How long nobody asks again for one that could not be had, or was already outdated. */
const againMs = 10_000
/** Lists that are kept at the same time unless the deps say otherwise: one may be long. */
const usualListsMax = 100
const distributionPointsMax = 10

interface Kept {
  readonly list: Promise<X509Crl>
  /** Milliseconds since the epoch until which nobody asks again. */
  until: number
}

/** Certificate revocation lists (RFC 5280 §5), kept until the next one is due. */
export class RevocationLists {
  readonly #deps: RevocationListsDeps
  readonly #kept = new Map<string, Kept>()

  constructor(deps: RevocationListsDeps) {
    this.#deps = deps
  }

  /**
   * Looks a certificate up in every list that counts for it.
   * @param authorities who may have signed a list: those above the certificate
   * @throws CertificateRefusal when it is revoked, or a list cannot be had, is not signed by an authority or is outdated
   */
  async requireNotRevoked(
    certificate: X509Certificate,
    authorities: readonly X509Certificate[],
    { sources, abortIfOutdated }: CrlConfig,
  ): Promise<void> {
    const places = sources ?? reachable(await distributionPoints(certificate))
    if (places.length === 0) throw new CertificateRefusal('there is no revocation list to look at')
    for (const place of places) {
      const list = await this.#list(place)
      if (abortIfOutdated && isOutdated(list, this.#deps.clock.now())) {
        throw new CertificateRefusal(`CRL from '${place}' is not refreshed`)
      }
      await requireSigned(list, place, authorities)
      for (const one of [certificate, ...authorities]) {
        const parsed = await parsedCertificate(one)
        if (parsed.issuer === list.issuer && list.findRevoked(parsed) !== null) {
          throw new CertificateRefusal(`certificate ${one.serialNumber} has been revoked`)
        }
      }
    }
  }

  async #list(place: string): Promise<X509Crl> {
    const { clock } = this.#deps
    const known = this.#kept.get(place)
    if (known !== undefined && known.until > clock.now()) return await known.list
    const kept: Kept = { list: this.#load(place), until: clock.now() + againMs }
    this.#kept.delete(place)
    this.#kept.set(place, kept)
    const [oldest] = this.#kept.keys()
    const listsMax = this.#deps.listsMax ?? usualListsMax
    if (this.#kept.size > listsMax && oldest !== undefined) this.#kept.delete(oldest)
    try {
      const list = await kept.list
      const next = list.nextUpdate?.getTime() ?? Number.POSITIVE_INFINITY
      const now = clock.now()
      kept.until = Math.max(now + againMs, Math.min(now + keptMs, next))
      return list
    } catch (error) {
      // The one before is still the best that anybody knows: whether it is good enough is the realm's choice.
      if (known === undefined) throw error
      this.#kept.set(place, { list: known.list, until: clock.now() + againMs })
      return await known.list
    }
  }

  async #load(place: string): Promise<X509Crl> {
    try {
      if (isDirectoryAddress(place)) throw new Error('LDAP is not asked for revocation lists')
      const content = /^https?:/i.test(place)
        ? await this.#deps.requests.bytes(place, listBytesMax)
        : await this.#file(place)
      const { X509Crl: Parsed } = await x509Library()
      const isText = content.subarray(0, 64).toString('latin1').includes('-----BEGIN')
      return new Parsed(isText ? content.toString('latin1') : new Uint8Array(content))
    } catch (error) {
      const reason = error instanceof Error ? error.message : ''
      throw new CertificateRefusal(`Unable to load CRL from "${place}": ${reason}`, {
        cause: error,
      })
    }
  }

  async #file(place: string): Promise<Buffer> {
    const root = resolve(this.#deps.directory)
    const file = resolve(root, place)
    if (!file.startsWith(`${root}${sep}`)) throw new Error('it is not in the folder for such files')
    if ((await stat(file)).size > listBytesMax) throw new Error('it is too long')
    return await readFile(file)
  }
}

/** @returns whether a list is said to be in an LDAP directory, which nobody is asked for */
export function isDirectoryAddress(place: string): boolean {
  return /^ldaps?:/i.test(place)
}

/** Certificates of directories name the same list twice; where they name it in the directory alone, that one is refused. */
function reachable(places: readonly string[]): readonly string[] {
  const others = places.filter((place) => !isDirectoryAddress(place))
  return others.length > 0 ? others : places
}

function isOutdated({ nextUpdate }: X509Crl, now: number): boolean {
  return nextUpdate !== undefined && nextUpdate.getTime() < now
}

async function requireSigned(
  list: X509Crl,
  place: string,
  authorities: readonly X509Certificate[],
): Promise<void> {
  for (const authority of authorities) {
    const parsed = await parsedCertificate(authority)
    if (parsed.subject !== list.issuer) continue
    if (await list.verify({ publicKey: parsed })) return
  }
  throw new CertificateRefusal(
    `CRL from '${place}' is not signed by an authority of the certificate`,
  )
}

async function distributionPoints(certificate: X509Certificate): Promise<string[]> {
  const { CRLDistributionPointsExtension } = await x509Library()
  const extension = (await parsedCertificate(certificate)).getExtension(
    CRLDistributionPointsExtension,
  )
  const points = extension?.distributionPoints.flatMap(
    ({ distributionPoint }) => distributionPoint?.fullName ?? [],
  )
  return (points ?? [])
    .flatMap(({ uniformResourceIdentifier: url }) => url ?? [])
    .slice(0, distributionPointsMax)
}
