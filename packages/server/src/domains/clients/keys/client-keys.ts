import { createPublicKey, type JsonWebKey, X509Certificate } from 'node:crypto'
import {
  type CompactJWSHeaderParameters,
  compactVerify,
  createLocalJWKSet,
  errors,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWK,
} from 'jose'
import type { Client } from '../client.ts'
import type { JwkDocuments } from './jwk-documents.ts'
import { keySetOf } from './jwk-set.ts'

/** Longest token of a client that is looked at, in characters. */
const tokenCharactersMax = 65_536

/** What a client has signed. */
export interface SignedByClient {
  readonly header: CompactJWSHeaderParameters
  readonly claims: Record<string, unknown>
}

/** Why something does not count as signed by a client. */
export type SignatureProblem = 'no-key' | 'bad-signature' | 'malformed'

/** Keys of clients: of their JWK set, given or published (`jwks.url`), or of their certificate. */
export class ClientKeys {
  readonly #documents: Pick<JwkDocuments, 'of'>

  constructor(deps: { readonly documents: Pick<JwkDocuments, 'of'> }) {
    this.#documents = deps.documents
  }

  /**
   * Verifies a compact JWS (RFC 7515) with the client's own key. Unknown critical headers, RSA keys below 2048 bits and
   * keys that do not fit the algorithm are refused.
   * @param algorithms those that count
   * @param rootUrl what a relative `jwks.url` is relative to
   */
  async verify(
    client: Client,
    text: string,
    algorithms: readonly string[],
    rootUrl = client.representation.rootUrl ?? '',
  ): Promise<SignedByClient | SignatureProblem> {
    if (text.length > tokenCharactersMax) return 'malformed'
    const published = publishedAt(client, rootUrl)
    if (published === null) return await verified(text, givenKeys(client), algorithms)
    for (const anew of [false, true]) {
      const keys = await this.#documents.of(published, anew)
      const result = await verified(text, keys, algorithms)
      // A key that is not known may have been published since.
      if (result !== 'no-key') return result
    }
    return 'no-key'
  }

  /** @returns whether the key of a certificate is the client's own (RFC 8705 §2.2.2) */
  async holds(client: Client, certificate: X509Certificate, rootUrl = ''): Promise<boolean> {
    const published = publishedAt(client, rootUrl)
    for (const anew of published === null ? [false] : [false, true]) {
      const keys =
        published === null ? givenKeys(client) : await this.#documents.of(published, anew)
      if (keys?.keys.some((key) => isKeyOf(certificate, key))) return true
    }
    return false
  }

  /**
   * The key that what is meant for the client alone is encrypted with.
   * @returns the first one that fits; null when the client has none
   */
  async encryptionKey(client: Client, keyAlgorithm: string, rootUrl = ''): Promise<JWK | null> {
    const published = publishedAt(client, rootUrl)
    for (const anew of published === null ? [false] : [false, true]) {
      const keys =
        published === null ? givenKeys(client) : await this.#documents.of(published, anew)
      const found = keys?.keys.find((key) => fitsEncryption(key, keyAlgorithm))
      if (found) return found
    }
    return null
  }
}

function publishedAt(client: Client, rootUrl: string): string | null {
  const { attributes = {} } = client.representation
  if (attributes['use.jwks.url'] !== 'true') return null
  const url = attributes['jwks.url'] ?? ''
  return url.startsWith('/') ? rootUrl.replace(/\/+$/, '') + url : url
}

/** Keys that are part of the client. @returns null when there are none, or they cannot be read */
function givenKeys(client: Client): JSONWebKeySet | null {
  const { attributes = {} } = client.representation
  try {
    if (attributes['use.jwks.string'] === 'true') return keySetOf(attributes['jwks.string'] ?? '')
    const certificate = attributes['jwt.credential.certificate']
    const publicKey = attributes['jwt.credential.public.key']
    if (!certificate && !publicKey) return null
    const key = certificate
      ? new X509Certificate(Buffer.from(withoutArmour(certificate), 'base64')).publicKey
      : createPublicKey({
          key: Buffer.from(withoutArmour(publicKey ?? ''), 'base64'),
          format: 'der',
          type: 'spki',
        })
    // Keycloak asks for no key id of a lone key.
    return { keys: [key.export({ format: 'jwk' }) as JWK] }
  } catch {
    return null
  }
}

function isKeyOf(certificate: X509Certificate, key: JWK): boolean {
  if (key.use !== undefined && key.use !== 'sig') return false
  try {
    const known = createPublicKey({ key: key as JsonWebKey, format: 'jwk' })
    return known.equals(certificate.publicKey)
  } catch {
    return false
  }
}

function withoutArmour(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, '')
}

/** Verifies a compact JWS with one of these keys, by its `kid`, `alg` and `use`. */
export async function verified(
  text: string,
  keys: JSONWebKeySet | null,
  algorithms: readonly string[],
): Promise<SignedByClient | SignatureProblem> {
  if (keys === null || keys.keys.length === 0) return 'no-key'
  try {
    const { payload, protectedHeader } = await compactVerify(text, keyOf(keys), {
      algorithms: [...algorithms],
    })
    const claims = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload)) as unknown
    if (claims === null || typeof claims !== 'object' || Array.isArray(claims)) return 'malformed'
    return { header: protectedHeader, claims: claims as Record<string, unknown> }
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return 'no-key'
    if (error instanceof errors.JWSInvalid || error instanceof SyntaxError) return 'malformed'
    return 'bad-signature'
  }
}

/** Picks a key by `kid`, `alg` and `use`. Of several that fit a token without `kid` none counts, as in Keycloak. */
function keyOf(keys: JSONWebKeySet) {
  const lone = keys.keys.length === 1 ? keys.keys[0] : undefined
  const set = createLocalJWKSet(lone && lone.kid === undefined ? { keys: [lone] } : keys)
  return async (header: CompactJWSHeaderParameters, token: FlattenedJWSInput) => {
    // A key that has no id of its own is meant by every token.
    if (lone && lone.kid === undefined) {
      const { kid: _ignored, ...rest } = header
      return await set(rest, token)
    }
    return await set(header, token)
  }
}

function fitsEncryption(key: JWK, keyAlgorithm: string): boolean {
  if (key.use !== undefined && key.use !== 'enc') return false
  if (key.alg !== undefined && key.alg !== keyAlgorithm) return false
  return keyAlgorithm.startsWith('RSA') ? key.kty === 'RSA' : key.kty === 'EC' || key.kty === 'OKP'
}
