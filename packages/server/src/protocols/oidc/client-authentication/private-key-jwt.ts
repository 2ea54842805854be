import { createPublicKey, type KeyObject, verify, X509Certificate } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import { signatureAlgorithm } from '../../../domains/keys/signature-algorithm.ts'
import type { SingleUseObjects } from '../../../domains/sessions/single-use-objects.ts'
import type { UnverifiedToken } from '../../../domains/tokens/json-web-token.ts'
import type { Clock } from '../../../shared/clock.ts'
import { checkAssertionClaims, readAssertion } from './client-assertion.ts'
import { badAssertion, type ClientAuthenticator } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'

interface ClientJwk {
  readonly kid?: string
  readonly kty?: string
  readonly use?: string
  readonly alg?: string
}

/** A JWT signed with the client's private key (OpenID Connect Core §9). The public key is part of the client. */
export class PrivateKeyJwtAuthenticator implements ClientAuthenticator {
  readonly id = 'client-jwt'
  readonly methods = ['private_key_jwt']
  readonly #singleUse: SingleUseObjects
  readonly #clock: Clock

  constructor(deps: { singleUse: SingleUseObjects; clock: Clock }) {
    this.#singleUse = deps.singleUse
    this.#clock = deps.clock
  }

  async authenticate(client: Client, credentials: ClientCredentials): Promise<void> {
    const token = readAssertion(credentials)
    const algorithm = signatureAlgorithm(token.header.alg)
    const wanted = client.representation.attributes?.['token.endpoint.auth.signing.alg']
    if (!algorithm || algorithm.kind === 'hmac' || (wanted && wanted !== algorithm.name)) {
      throw badAssertion('Invalid signature algorithm')
    }
    const key = publicKeyOf(client, token)
    if (!key) throw badAssertion('Unable to load public key')
    const input = { key, ...algorithm.options }
    let valid = false
    try {
      valid = verify(algorithm.hash, Buffer.from(token.signed), input, token.signature)
    } catch {
      // A key of another kind than the algorithm needs cannot have signed this.
    }
    if (!valid)
      throw badAssertion(
        'Client authentication with signed JWT failed: Signature on JWT token failed validation',
      )
    await checkAssertionClaims(token, credentials, this.#singleUse, this.#clock)
  }
}

/** The client's key: of its JWK set by `kid`, or of its certificate. */
function publicKeyOf(client: Client, { header }: UnverifiedToken): KeyObject | null {
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
