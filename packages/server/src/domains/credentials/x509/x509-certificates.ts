import type { Clock } from '../../../shared/clock.ts'
import { CertificateRefusal } from './certificate-refusal.ts'
import { requireUsableCertificate } from './certificate-rules.ts'
import type { KnownCertificate } from './known-certificate.ts'
import { RevocationInquiries, type RevocationInquiriesDeps } from './revocation-inquiries.ts'
import { RevocationLists, type RevocationListsDeps } from './revocation-lists.ts'
import type { X509Config } from './x509-config.ts'

export interface X509CertificatesDeps {
  readonly requests: RevocationListsDeps['requests'] & RevocationInquiriesDeps['requests']
  /** Where files of revocation lists are. */
  readonly directory: string
  readonly clock: Clock
  readonly listsMax?: RevocationListsDeps['listsMax']
}

/** Whether certificates of users are good for a login, as the steps of realms want it. */
export class X509Certificates {
  readonly #clock: Clock
  readonly #lists: RevocationLists
  readonly #inquiries: RevocationInquiries

  constructor(deps: X509CertificatesDeps) {
    this.#clock = deps.clock
    this.#lists = new RevocationLists(deps)
    this.#inquiries = new RevocationInquiries(deps)
  }

  /** @throws CertificateRefusal */
  async requireGood(
    { certificate, issuers }: Pick<KnownCertificate, 'certificate' | 'issuers'>,
    config: X509Config,
  ): Promise<void> {
    await requireUsableCertificate(certificate, issuers, config, this.#clock.now())
    if (config.crl !== null) {
      await this.#lists.requireNotRevoked(certificate, issuers, config.crl)
    }
    if (config.ocsp === null) return
    const issuer = issuers.find(
      (one) => certificate.checkIssued(one) && certificate.verify(one.publicKey),
    )
    if (issuer === undefined)
      throw new CertificateRefusal('the issuer of the certificate is not known')
    await this.#inquiries.requireGood({ certificate, issuer }, config.ocsp)
  }
}
