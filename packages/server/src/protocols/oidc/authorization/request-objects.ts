import { compactDecrypt, decodeProtectedHeader, UnsecuredJWT } from 'jose'
import type { Client } from '../../../domains/clients/client.ts'
import { listAttributeOf } from '../../../domains/clients/client-attributes.ts'
import type { ClientKeys } from '../../../domains/clients/keys/client-keys.ts'
import { allowedUri } from '../../../domains/clients/redirect-uri.ts'
import type { Keys } from '../../../domains/keys/keys.ts'
import { asymmetricAlgorithms } from '../../../domains/keys/signature-algorithm.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { contentEncryptions, keyEncryptions } from '../../../domains/tokens/client-encryption.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { resolvedRootUrl, type ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import {
  isWantedForm,
  isWantedSignature,
  type ReceivedObject,
  wantsEncryption,
} from './request-form.ts'
import { InvalidRequestPage } from './request-page-error.ts'

/** Claims of a request object that are no parameters of the request (RFC 9101 §4, RFC 7519 §4.1). */
const otherClaims = new Set(['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sub', 'client_id'])
/** How far a client's clock may be ahead, in seconds. */
const skewSeconds = 15
const objectCharactersMax = 65_536

export interface RequestObjectsDeps {
  readonly clientKeys: Pick<ClientKeys, 'verify'>
  readonly keys: Pick<Keys, 'ring'>
  readonly clock: Clock
  /** Reads a document that a client publishes. @throws Error when there is none */
  readonly fetchText: (url: string) => Promise<string>
}

/** A request with what its request object says. */
export interface ExpandedRequest {
  readonly parameters: URLSearchParams
  readonly requestObject?: ReceivedObject
}

const invalid = () => new InvalidRequestPage('invalidRequestMessage')

/** Authorization requests in the form of a JWT (OpenID Connect Core §6.1, RFC 9101). */
export class RequestObjects {
  readonly #deps: RequestObjectsDeps

  constructor(deps: RequestObjectsDeps) {
    this.#deps = deps
  }

  /**
   * Puts the parameters of a request object before those beside it. An object without a signature is taken unless the
   * client wants a certain algorithm, as in Keycloak.
   * @throws InvalidRequestPage when the object is malformed, of another client or realm, not signed as it must be, not valid
   *   at this time, or cannot be fetched
   */
  async expand(
    realm: Realm,
    client: Client,
    places: ServerPlaces,
    parameters: URLSearchParams,
  ): Promise<ExpandedRequest> {
    const form = formOf(parameters)
    if (!isWantedForm(client, form)) throw invalid()
    const uri = parameters.get('request_uri')
    const text = uri === null ? parameters.get('request') : await this.#fetched(client, places, uri)
    if (text === null) {
      return { parameters }
    }
    const { claims, algorithm } = await this.#read(realm, client, places, text)
    this.#check(claims, client, issuerOf(places, realm))
    const merged = new URLSearchParams(parameters)
    merged.delete('request')
    merged.delete('request_uri')
    for (const [name, value] of Object.entries(claims)) {
      if (otherClaims.has(name) || value === null || value === undefined) continue
      merged.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
    }
    const encrypted = text.split('.').length === 5
    const requestObject = { claims, encrypted, form: form ?? 'request', algorithm }
    return { parameters: merged, requestObject }
  }

  /** RFC 9101 §5.2.3 and §10.4.1: only addresses that the client has registered are asked. */
  async #fetched(client: Client, places: ServerPlaces, uri: string): Promise<string> {
    const registered = listAttributeOf(client.representation, 'request.uris').map(withoutHash)
    const root = resolvedRootUrl(client, places)
    // A fragment is the hash of what stands there (OpenID Connect Core §6.2): it says when to ask anew.
    const address = withoutHash(uri)
    if (allowedUri(address, registered, root, places) === null) throw invalid()
    try {
      return (await this.#deps.fetchText(address)).trim()
    } catch {
      throw invalid()
    }
  }

  async #read(
    realm: Realm,
    client: Client,
    places: ServerPlaces,
    sent: string,
  ): Promise<{ readonly claims: Readonly<Record<string, unknown>>; readonly algorithm: string }> {
    if (sent.length > objectCharactersMax) throw invalid()
    const text = await this.#decrypted(realm, client, sent)
    const algorithm = algorithmOf(text)
    if (!isWantedSignature(client, algorithm)) throw invalid()
    if (algorithm === 'none') return { claims: unsecured(text), algorithm }
    if (!asymmetricAlgorithms.includes(algorithm)) throw invalid()
    const root = resolvedRootUrl(client, places)
    const signed = await this.#deps.clientKeys.verify(client, text, [algorithm], root)
    if (typeof signed === 'string') throw invalid()
    return { claims: signed.claims, algorithm }
  }

  /** RFC 9101 §6.1: an object may be encrypted for the realm, in the ways that the client has chosen. */
  async #decrypted(realm: Realm, client: Client, text: string): Promise<string> {
    const attributes = client.representation.attributes ?? {}
    const chosen = (name: string, all: readonly string[]) => {
      const value = attributes[`request.object.encryption.${name}`]
      return value && value !== 'any' ? all.filter((each) => each === value) : [...all]
    }
    if (text.split('.').length !== 5) {
      if (wantsEncryption(client)) throw invalid()
      return text
    }
    const key = ({ alg = '', kid }: { alg?: string | undefined; kid?: string | undefined }) => {
      const ring = this.#deps.keys.ring(realm)
      const found = kid === undefined ? ring.active('ENC', alg) : ring.byKid(kid)
      if (found?.use !== 'ENC' || found.algorithm !== alg) throw invalid()
      return found.privateKey
    }
    try {
      const { plaintext } = await compactDecrypt(text, key, {
        keyManagementAlgorithms: chosen('alg', keyEncryptions),
        contentEncryptionAlgorithms: chosen('enc', contentEncryptions),
      })
      return new TextDecoder().decode(plaintext)
    } catch {
      throw invalid()
    }
  }

  /** RFC 9101 §4 and §10.2: whose it is, for whom, and for how long; what is left out is not checked. */
  #check(claims: Readonly<Record<string, unknown>>, client: Client, issuer: string): void {
    const { client_id: clientId, iss, aud, exp, nbf, iat } = claims
    if (claims['request'] !== undefined || claims['request_uri'] !== undefined) throw invalid()
    const now = epochSeconds(this.#deps.clock)
    if (clientId !== undefined && clientId !== client.clientId) throw invalid()
    if (iss !== undefined && iss !== client.clientId) throw invalid()
    if (aud !== undefined && ![aud].flat().some((each) => isOf(issuer, each))) throw invalid()
    if (exp !== undefined && !(typeof exp === 'number' && exp > now)) throw invalid()
    for (const begin of [nbf, iat]) {
      if (begin === undefined) continue
      if (!(typeof begin === 'number' && begin <= now + skewSeconds)) throw invalid()
    }
  }
}

function withoutHash(uri: string): string {
  return uri.replace(/#.*$/s, '')
}

/** @throws InvalidRequestPage for both ways at once (RFC 9101 §5) */
function formOf(parameters: URLSearchParams): ReceivedObject['form'] | undefined {
  const plain = parameters.has('request')
  if (!parameters.has('request_uri')) return plain ? 'request' : undefined
  if (plain) throw invalid()
  return 'request_uri'
}

/** Clients name the issuer, or one of its endpoints. */
function isOf(issuer: string, audience: unknown): boolean {
  return (
    audience === issuer ||
    (typeof audience === 'string' && audience.startsWith(`${issuer}/protocol/openid-connect/`))
  )
}

function algorithmOf(text: string): string {
  try {
    const { alg } = decodeProtectedHeader(text)
    if (typeof alg === 'string') return alg
  } catch {
    // No JWT.
  }
  throw invalid()
}

function unsecured(text: string): Readonly<Record<string, unknown>> {
  try {
    // Times are checked by the caller: here nothing is too early or too late.
    return UnsecuredJWT.decode(text, { clockTolerance: Number.MAX_SAFE_INTEGER }).payload
  } catch {
    throw invalid()
  }
}
