import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import { signatureAlgorithm } from '../../../domains/keys/signature-algorithm.ts'
import type { UnverifiedToken } from '../../../domains/tokens/json-web-token.ts'

interface ClientJwk {
  readonly kid?: string
  readonly kty?: string
  readonly use?: string
  readonly alg?: string
}

/** The client's key: of its JWK set by `kid`, or of its certificate. */
export function publicKeyOf(client: Client, { header }: UnverifiedToken): KeyObject | null {
  const attributes = client.representation.attributes ?? {}
  try {
    if (attributes['use.jwks.string'] === 'true') {
      const { keys = [] } = JSON.parse(attributes['jwks.string'] ?? '{}') as { keys?: ClientJwk[] }
      const key = keys.find(
        (each) =>
          each.use !== 'enc' &&
          (header.kid === undefined ? keys.length === 1 : each.kid === header.kid),
      )
      return key ? createPublicKey({ key: key as never, format: 'jwk' }) : null
    }
    const certificate = attributes['jwt.credential.certificate']
    if (certificate) return new X509Certificate(Buffer.from(certificate, 'base64')).publicKey
    const publicKey = attributes['jwt.credential.public.key']
    return publicKey
      ? createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
      : null
  } catch {
    return null
  }
}

/** @returns whether the client's own key made the signature, by an asymmetric algorithm */
export function isSignedByClient(client: Client, token: UnverifiedToken): boolean {
  const algorithm = signatureAlgorithm(token.header.alg)
  const key = publicKeyOf(client, token)
  if (!algorithm || algorithm.kind === 'hmac' || !key) return false
  try {
    const input = { key, ...algorithm.options }
    return verify(algorithm.hash, Buffer.from(token.signed), input, token.signature)
  } catch {
    // A key of another kind than the algorithm needs cannot have signed this.
    return false
  }
}
