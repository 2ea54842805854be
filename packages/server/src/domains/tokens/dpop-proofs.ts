import { createHash } from 'node:crypto'
import {
  calculateJwkThumbprint,
  compactVerify,
  decodeJwt,
  decodeProtectedHeader,
  importJWK,
  type JWK,
} from 'jose'
import { type Clock, epochSeconds } from '../../shared/clock.ts'
import { equalInConstantTime } from '../../shared/constant-time.ts'
import type { Keys } from '../keys/keys.ts'
import { asymmetricAlgorithms } from '../keys/signature-algorithm.ts'
import type { Realm } from '../realms/realm.ts'
import type { SingleUseObjects } from '../sessions/single-use-objects.ts'

/** Algorithms of proofs, in Keycloak's order. */
export const dpopAlgorithms: readonly string[] = asymmetricAlgorithms

/** How long a proof counts after it was made, and how far the clocks may be apart, in seconds: Keycloak's. */
const proofSeconds = 10
const skewSeconds = 15
const proofCharactersMax = 8_192
/** How long a nonce counts, in seconds; one of the time before counts too. */
const nonceSeconds = 150
/** Realm attribute: proofs have to carry a nonce of this server (RFC 9449 §8). */
const nonceAttribute = 'dpopNonceRequired'

/** What a proof is for. */
export interface ProvedRequest {
  /** The header `DPoP`. */
  readonly proof: string | readonly string[] | undefined
  readonly method: string
  /** Addresses under which the request may have been sent, without query. */
  readonly urls: readonly string[]
  /** The token that comes with it; absent where one is asked for. */
  readonly accessToken?: string
}

/** Why a proof does not count, with Keycloak's words. */
export class DpopProblem extends Error {
  /** A nonce that the client is to use next, where that is what was wrong (RFC 9449 §8). */
  readonly nonce: string | undefined

  constructor(description: string, nonce?: string) {
    super(description)
    this.nonce = nonce
  }
}

export interface DpopProofsDeps {
  readonly keys: Pick<Keys, 'ring'>
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent'>
  readonly clock: Clock
}

/** Proofs of possession of a key (RFC 9449 §4.3); each counts once in the whole cluster. */
export class DpopProofs {
  readonly #deps: DpopProofsDeps

  constructor(deps: DpopProofsDeps) {
    this.#deps = deps
  }

  /**
   * @returns the thumbprint of the key that is proved
   * @throws DpopProblem
   */
  async check(realm: Realm, request: ProvedRequest): Promise<string> {
    const text = request.proof
    if (text === undefined || text === '') throw new DpopProblem('DPoP proof is missing')
    if (typeof text !== 'string' || text.length > proofCharactersMax || text.includes(',')) {
      throw new DpopProblem('DPoP header verification failure')
    }
    const { algorithm, jwk } = keyOf(text)
    const claims = readClaims(text)
    this.#checkClaims(claims, request)
    this.#checkNonce(realm, claims['nonce'])
    await requireSignature(text, algorithm, jwk)
    const jkt = await calculateJwkThumbprint(jwk)
    const digest = createHash('sha256').update(`${jkt}\n${claims['jti']}`).digest('base64url')
    const keptUntil = Number(claims['iat']) + proofSeconds + 2 * skewSeconds
    const id = `dpop.${realm.id}.${digest}`
    if (!(await this.#deps.singleUse.putIfAbsent(id, keptUntil * 1_000))) {
      throw new DpopProblem('DPoP proof has already been used')
    }
    return jkt
  }

  #checkClaims(claims: Readonly<Record<string, unknown>>, request: ProvedRequest): void {
    const { jti, htm, htu, iat, ath } = claims
    const texts = [jti, htm, htu]
    if (
      !texts.every((text) => typeof text === 'string' && text !== '') ||
      typeof iat !== 'number'
    ) {
      throw new DpopProblem('DPoP mandatory claims are missing')
    }
    if (htm !== request.method) throw new DpopProblem('DPoP HTTP method mismatch')
    const sent = comparable(String(htu))
    if (!request.urls.some((url) => comparable(url) === sent)) {
      throw new DpopProblem('DPoP HTTP URL mismatch')
    }
    const now = epochSeconds(this.#deps.clock)
    if (!(iat <= now + skewSeconds && iat >= now - proofSeconds - skewSeconds)) {
      throw new DpopProblem('DPoP proof is not active')
    }
    if (request.accessToken === undefined) return
    const expected = createHash('sha256').update(request.accessToken).digest('base64url')
    if (typeof ath !== 'string' || !equalInConstantTime(ath, expected)) {
      throw new DpopProblem('DPoP proof access token hash mismatch')
    }
  }

  #checkNonce(realm: Realm, nonce: unknown): void {
    const required = realm.settings.attributes[nonceAttribute] === 'true'
    if (!required && nonce === undefined) return
    const period = Math.floor(epochSeconds(this.#deps.clock) / nonceSeconds)
    const accepted = [period, period - 1].map((one) => this.#nonce(realm, one))
    if (typeof nonce === 'string' && accepted.includes(nonce)) return
    throw new DpopProblem('Authorization server requires nonce in DPoP proof', accepted[0])
  }

  /** The same on every node, and nothing has to be remembered. */
  #nonce(realm: Realm, period: number): string {
    return this.#deps.keys.ring(realm).mac('dpop-nonce', String(period)).toString('base64url')
  }
}

function keyOf(text: string): { algorithm: string; jwk: JWK } {
  let header: ReturnType<typeof decodeProtectedHeader>
  try {
    header = decodeProtectedHeader(text)
  } catch {
    throw new DpopProblem('DPoP header verification failure')
  }
  const { alg, typ, jwk } = header
  if (typ !== 'dpop+jwt') {
    throw new DpopProblem(`Invalid or missing type in DPoP header: ${printable(typ)}`)
  }
  if (typeof alg !== 'string' || !dpopAlgorithms.includes(alg)) {
    throw new DpopProblem(`Unsupported DPoP algorithm: ${printable(alg)}`)
  }
  if (jwk === undefined || jwk === null || typeof jwk !== 'object') {
    throw new DpopProblem('No JWK in DPoP header')
  }
  const secret = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv']
  if (secret.some((name) => name in jwk)) {
    throw new DpopProblem('Private key material must not be present in DPoP JWK')
  }
  return { algorithm: alg, jwk: jwk as JWK }
}

/** Part of a message: what was sent, as far as a message can show it. */
function printable(value: unknown): string {
  return typeof value === 'string'
    ? value.replaceAll(/[^\x20-\x7e]|["\\]/g, '').slice(0, 40)
    : 'null'
}

function readClaims(text: string): Readonly<Record<string, unknown>> {
  try {
    return decodeJwt(text)
  } catch {
    throw new DpopProblem('DPoP header verification failure')
  }
}

async function requireSignature(text: string, algorithm: string, jwk: JWK): Promise<void> {
  try {
    const { kty, crv, x, y, n, e } = jwk
    const parts = Object.entries({ kty, crv, x, y, n, e }).filter(
      ([, value]) => value !== undefined,
    )
    const key = await importJWK(Object.fromEntries(parts) as JWK, algorithm)
    await compactVerify(text, key, { algorithms: [algorithm] })
  } catch {
    throw new DpopProblem('DPoP verification failure: Invalid token signature')
  }
}

/** RFC 9449 §4.3: without query and fragment, after syntax-based normalization. */
function comparable(url: string): string {
  if (!URL.canParse(url)) return `not a URL: ${url.length}`
  const { origin, pathname } = new URL(url)
  return origin + pathname
}
