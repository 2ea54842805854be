import { createHash, randomBytes, timingSafeEqual, verify, X509Certificate } from 'node:crypto'
import type { BasicOCSPResponse, SingleResponse } from '@peculiar/asn1-ocsp'
import type { Clock } from '../../../shared/clock.ts'
import { CertificateRefusal } from './certificate-refusal.ts'
import { parsedCertificate, x509Library } from './parsed-certificate.ts'
import type { OcspConfig } from './x509-config.ts'

export interface RevocationInquiriesDeps {
  readonly requests: {
    exchange(url: string, body: Buffer, contentType: string): Promise<Buffer>
  }
  readonly clock: Clock
}

const nonceId = '1.3.6.1.5.5.7.48.1.2'
const ocspSigningId = '1.3.6.1.5.5.7.3.9'
const sha1Id = '1.3.14.3.2.26'
const nonceBytes = 16
/** How far clocks may be apart. */
const skewMs = 900_000

/** Digests by the signature algorithms of answers; null = the algorithm has its own. */
const digests: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
}

interface Inquiry {
  readonly certificate: X509Certificate
  readonly issuer: X509Certificate
}

/** Asks the responder of an authority whether a certificate is revoked (OCSP, RFC 6960). */
export class RevocationInquiries {
  readonly #deps: RevocationInquiriesDeps

  constructor(deps: RevocationInquiriesDeps) {
    this.#deps = deps
  }

  /**
   * @throws CertificateRefusal when it is revoked, or, unless the realm says otherwise, nobody says that it is good
   */
  async requireGood(inquiry: Inquiry, config: OcspConfig): Promise<void> {
    let status: 'good' | 'revoked' | 'unknown'
    try {
      status = await this.#status(inquiry, config)
    } catch (error) {
      if (config.failOpen) return
      const reason = error instanceof Error ? error.message : ''
      throw new CertificateRefusal(`OCSP check failed: ${reason}`, { cause: error })
    }
    if (status === 'revoked') throw new CertificateRefusal("Certificate's been revoked.")
    if (status === 'unknown' && !config.failOpen) {
      throw new CertificateRefusal("Unable to determine certificate's revocation status.")
    }
  }

  async #status(inquiry: Inquiry, config: OcspConfig): Promise<'good' | 'revoked' | 'unknown'> {
    const url = config.responder ?? (await responderOf(inquiry.certificate))
    if (url === undefined) throw new CertificateRefusal('the certificate names no responder')
    const nonce = randomBytes(nonceBytes)
    const body = await requestOf(inquiry, nonce)
    const answer = await this.#deps.requests.exchange(url, body, 'application/ocsp-request')
    const basic = await basicResponse(answer)
    const named = config.responder === null ? null : config.responderCertificate
    await requireSigned(basic, inquiry.issuer, named, this.#deps.clock.now())
    await requireNonce(basic, nonce)
    const single = await ownResponse(basic, inquiry)
    requireCurrent(single, this.#deps.clock.now())
    const { certStatus } = single
    if (certStatus.revoked !== undefined) return 'revoked'
    return certStatus.good === null ? 'good' : 'unknown'
  }
}

async function asn1() {
  await import('reflect-metadata')
  const [ocsp, schema, x509] = await Promise.all([
    import('@peculiar/asn1-ocsp'),
    import('@peculiar/asn1-schema'),
    import('@peculiar/asn1-x509'),
  ])
  return { ocsp, schema, x509 }
}

async function responderOf(certificate: X509Certificate): Promise<string | undefined> {
  const { AuthorityInfoAccessExtension } = await x509Library()
  const extension = (await parsedCertificate(certificate)).getExtension(
    AuthorityInfoAccessExtension,
  )
  return extension?.ocsp.find(({ type }) => type === 'url')?.value
}

async function idOf({ certificate, issuer }: Inquiry) {
  const { ocsp, schema, x509 } = await asn1()
  const { tbsCertificate } = schema.AsnConvert.parse(issuer.raw, x509.Certificate)
  const own = schema.AsnConvert.parse(certificate.raw, x509.Certificate)
  const sha1 = (bytes: ArrayBuffer) =>
    new schema.OctetString(new Uint8Array(createHash('sha1').update(Buffer.from(bytes)).digest()))
  return new ocsp.CertID({
    hashAlgorithm: new x509.AlgorithmIdentifier({ algorithm: sha1Id, parameters: null }),
    issuerNameHash: sha1(schema.AsnConvert.serialize(tbsCertificate.subject)),
    issuerKeyHash: sha1(tbsCertificate.subjectPublicKeyInfo.subjectPublicKey),
    serialNumber: own.tbsCertificate.serialNumber,
  })
}

async function requestOf(inquiry: Inquiry, nonce: Buffer): Promise<Buffer> {
  const { ocsp, schema, x509 } = await asn1()
  const value = schema.AsnConvert.serialize(new schema.OctetString(new Uint8Array(nonce)))
  const request = new ocsp.OCSPRequest({
    tbsRequest: new ocsp.TBSRequest({
      requestList: [new ocsp.Request({ reqCert: await idOf(inquiry) })],
      requestExtensions: [
        new x509.Extension({ extnID: nonceId, extnValue: new schema.OctetString(value) }),
      ],
    }),
  })
  return Buffer.from(schema.AsnConvert.serialize(request))
}

async function basicResponse(answer: Buffer): Promise<BasicOCSPResponse> {
  const { ocsp, schema } = await asn1()
  const { responseStatus, responseBytes } = schema.AsnConvert.parse(answer, ocsp.OCSPResponse)
  if (responseStatus !== ocsp.OCSPResponseStatus.successful || responseBytes === undefined) {
    throw new CertificateRefusal(`OCSP response error: ${responseStatus}`)
  }
  return schema.AsnConvert.parse(responseBytes.response.buffer, ocsp.BasicOCSPResponse)
}

/** RFC 6960 §4.2.2.2: by the issuer, by whom the issuer lets sign, or by the certificate that the realm names. */
async function requireSigned(
  basic: BasicOCSPResponse,
  issuer: X509Certificate,
  named: string | null,
  now: number,
): Promise<void> {
  const { schema } = await asn1()
  const sent = (basic.certs ?? []).map(
    (one) => new X509Certificate(Buffer.from(schema.AsnConvert.serialize(one))),
  )
  const delegated = []
  for (const one of sent) if (await isDelegated(one, issuer, now)) delegated.push(one)
  const chosen = named === null ? [] : [new X509Certificate(Buffer.from(named, 'base64'))]
  const digest = digests[basic.signatureAlgorithm.algorithm]
  if (digest === undefined)
    throw new CertificateRefusal('the answer is signed by an unknown algorithm')
  const signed = Buffer.from(
    basic.tbsResponseDataRaw ?? schema.AsnConvert.serialize(basic.tbsResponseData),
  )
  const signature = Buffer.from(basic.signature)
  const signers = [issuer, ...chosen, ...delegated]
  if (!signers.some(({ publicKey }) => verify(digest, signed, publicKey, signature))) {
    throw new CertificateRefusal("Unable to verify OCSP Response's signature")
  }
}

async function isDelegated(
  certificate: X509Certificate,
  issuer: X509Certificate,
  now: number,
): Promise<boolean> {
  const { validFrom, validTo } = certificate
  if (Date.parse(validFrom) > now || Date.parse(validTo) < now) return false
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return false
  const { ExtendedKeyUsageExtension } = await x509Library()
  const usages = (await parsedCertificate(certificate)).getExtension(ExtendedKeyUsageExtension)
  return usages?.usages.map(String).includes(ocspSigningId) === true
}

/** Responders may leave the nonce out; another one belongs to another request. */
async function requireNonce(basic: BasicOCSPResponse, nonce: Buffer): Promise<void> {
  const { schema } = await asn1()
  const extension = basic.tbsResponseData.responseExtensions?.find(
    ({ extnID }) => extnID === nonceId,
  )
  if (extension === undefined) return
  const inner = schema.AsnConvert.parse(extension.extnValue.buffer, schema.OctetString)
  const answered = Buffer.from(inner.buffer)
  if (answered.length !== nonce.length || !timingSafeEqual(answered, nonce)) {
    throw new CertificateRefusal('Nonces do not match.')
  }
}

async function ownResponse(basic: BasicOCSPResponse, inquiry: Inquiry): Promise<SingleResponse> {
  const wanted = await idOf(inquiry)
  const same = (a: ArrayBuffer, b: ArrayBuffer) => Buffer.from(a).equals(Buffer.from(b))
  const found = basic.tbsResponseData.responses.find(
    ({ certID }) =>
      certID.hashAlgorithm.algorithm === sha1Id &&
      same(certID.issuerNameHash.buffer, wanted.issuerNameHash.buffer) &&
      same(certID.issuerKeyHash.buffer, wanted.issuerKeyHash.buffer) &&
      same(certID.serialNumber, wanted.serialNumber),
  )
  if (found !== undefined) return found
  throw new CertificateRefusal('OCSP response does not include a response for the certificate')
}

function requireCurrent({ thisUpdate, nextUpdate }: SingleResponse, now: number): void {
  const until = (nextUpdate ?? thisUpdate).getTime()
  if (thisUpdate.getTime() <= now + skewMs && until >= now - skewMs) return
  throw new CertificateRefusal('Response is unreliable: its validity interval is out-of-date')
}
