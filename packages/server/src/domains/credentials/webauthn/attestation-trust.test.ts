import 'reflect-metadata'
import { createPrivateKey, webcrypto } from 'node:crypto'
import { BasicConstraintsExtension, cryptoProvider, X509CertificateGenerator } from '@peculiar/x509'
import { CompactSign } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { AttestationTrust } from './attestation-trust.ts'

const aaguid = 'ee882879-721c-4913-9775-3dfcce97072a'
const clock = { now: () => Date.now(), monotonic: () => performance.now() }
let root: AttestationKey
let between: AttestationKey
let model: AttestationKey
let stranger: AttestationKey

beforeAll(async () => {
  root = await attestationKey('Root', { ca: true })
  between = await attestationKey('Between', { ca: true, issuer: root })
  model = await attestationKey('Model', { ca: false, issuer: between })
  stranger = await attestationKey('Stranger', { ca: true })
})

/** Somebody who signs certificates, or a model of authenticators that has one. */
interface AttestationKey {
  readonly keys: webcrypto.CryptoKeyPair
  readonly name: string
  readonly der: Buffer
  readonly pem: string
  /** PKCS#8. */
  readonly privateKeyPem: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 86_400_000
let serial = 0x1000

/**
 * Makes a key with a certificate, as makers of authenticators have them.
 * @param issuer undefined = it signs itself
 * @param ends milliseconds from now
 */
async function attestationKey(
  name: string,
  { issuer, ca, ends = dayMs }: { issuer?: AttestationKey; ca: boolean; ends?: number },
): Promise<AttestationKey> {
  cryptoProvider.set(webcrypto)
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  // The words that WebAuthn §8.2.1 wants of a model's certificate.
  const subject = `C=DE, O=Acme, OU=Authenticator Attestation, CN=${name}`
  serial += 1
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serial.toString(16),
    subject,
    issuer: issuer?.name ?? subject,
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + ends),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    extensions: [new BasicConstraintsExtension(ca, undefined, true)],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))
  return {
    keys,
    name: subject,
    der: Buffer.from(certificate.rawData),
    pem: certificate.toString('pem'),
    privateKeyPem: `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
  }
}

const chainOf = (...keys: readonly AttestationKey[]) => keys.map(({ der }) => der)

function trustOf(roots: readonly AttestationKey[] | null, metadata: string | null = null) {
  const pems = roots?.map(({ pem }) => pem) ?? null
  return new AttestationTrust({ roots: pems, metadata }, clock)
}

const packed = (chain: Buffer[]) => ({ format: 'packed', aaguid, chain })

/** @returns a blob as the Metadata Service signs it */
async function blobOf(signer: AttestationKey, entries: readonly unknown[]): Promise<string> {
  const payload = Buffer.from(JSON.stringify({ no: 1, nextUpdate: '2030-01-01', entries }))
  return await new CompactSign(payload)
    .setProtectedHeader({ alg: 'ES256', x5c: [signer.der.toString('base64')] })
    .sign(createPrivateKey(signer.privateKeyPem))
}

const entryOf = (key: AttestationKey, status: string, ofModel: string | undefined = aaguid) => ({
  ...(ofModel === undefined ? {} : { aaguid: ofModel }),
  metadataStatement: { attestationRootCertificates: [key.der.toString('base64')] },
  statusReports: [{ status }],
})

describe('a certificate of an authenticator', () => {
  it.each(['packed', 'tpm', 'fido-u2f'])(
    'has to lead to a root that is trusted: %s',
    async (format) => {
      const attested = { format, aaguid, chain: chainOf(model, between) }
      await trustOf([stranger, root]).require(attested)
      await trustOf(null).require({ ...attested, chain: chainOf(stranger) })
      await expect(trustOf([stranger]).require(attested)).rejects.toThrow('invalid cert path')
      const cut = { ...attested, chain: chainOf(model) }
      await expect(trustOf([root]).require(cut)).rejects.toThrow('invalid cert path')
    },
  )

  it('may be trusted itself, and is nobody who signs others', async () => {
    await trustOf([model]).require(packed(chainOf(model)))
    const below = await attestationKey('Below', { ca: false, issuer: model })
    const chain = chainOf(below, model, between)
    await expect(trustOf([root]).require(packed(chain))).rejects.toThrow('invalid cert path')
  })

  it('counts while it and its issuers last', async () => {
    const past = await attestationKey('Past', { ca: false, issuer: root, ends: -1000 })
    await expect(trustOf([root]).require(packed(chainOf(past)))).rejects.toThrow(
      'invalid cert path',
    )
    const old = await attestationKey('Old', { ca: true, ends: -1000 })
    const child = await attestationKey('Child', { ca: false, issuer: old })
    await expect(trustOf([old]).require(packed(chainOf(child)))).rejects.toThrow(
      'invalid cert path',
    )
  })

  it('that is none is refused, and who shows none vouches for itself', async () => {
    const garbage = packed([Buffer.from('no certificate')])
    await expect(trustOf([root]).require(garbage)).rejects.toThrow('invalid cert path')
    await trustOf([root]).require(packed([]))
  })
})

describe('the metadata of authenticators', () => {
  it('name who vouches for a model, and models that nobody does any more', async () => {
    const metadata = await blobOf(root, [entryOf(stranger, 'FIDO_CERTIFIED')])
    const child = await attestationKey('Child', { ca: false, issuer: stranger })
    const trust = trustOf([root], metadata)
    await trust.require(packed(chainOf(child)))
    const other = { ...packed(chainOf(child)), aaguid: '00000000-0000-0000-0000-000000000001' }
    await expect(trust.require(other)).rejects.toThrow('invalid cert path')
    const lost = await blobOf(root, [entryOf(stranger, 'REVOKED')])
    await expect(trustOf([root], lost).require(packed(chainOf(child)))).rejects.toThrow(
      'invalid cert path',
    )
  })

  it('name who vouches for keys that have no model', async () => {
    const metadata = await blobOf(
      root,
      [entryOf(stranger, 'FIDO_CERTIFIED', '')].map(({ aaguid: _none, ...entry }) => entry),
    )
    const child = await attestationKey('Child', { ca: false, issuer: stranger })
    const attested = { ...packed(chainOf(child)), format: 'fido-u2f' }
    await trustOf([root], metadata).require(attested)
  })

  it('count when somebody who is trusted has signed them', async () => {
    const metadata = await blobOf(stranger, [entryOf(stranger, 'FIDO_CERTIFIED')])
    await expect(
      trustOf([root], metadata).require(packed(chainOf(model, between))),
    ).rejects.toThrow('signed by nobody who is trusted')
    const [head, , signature] = (await blobOf(root, [])).split('.')
    const forged = `${head}.${Buffer.from('{"entries":[]}').toString('base64url')}.${signature}`
    await expect(trustOf([root], forged).require(packed(chainOf(model, between)))).rejects.toThrow(
      'signature verification failed',
    )
  })
})
