import { createHmac, type KeyObject, sign, timingSafeEqual, verify } from 'node:crypto'
import { costlyWork } from '../../shared/costly-work.ts'
import type { RealmKey } from '../keys/realm-key.ts'
import { type SignatureAlgorithm, signatureAlgorithm } from '../keys/signature-algorithm.ts'
import type { Claims } from './token-context.ts'

/** Longest token that is looked at, in characters. */
const tokenCharactersMax = 65_536

export interface JwsHeader {
  readonly alg: string
  readonly typ?: string
  readonly kid?: string
}

/** A token taken apart; nothing about it is proved yet. */
export interface UnverifiedToken {
  readonly header: JwsHeader
  readonly claims: Claims
  readonly signed: string
  readonly signature: Buffer
}

/** What is the same for every token that a key signs. */
interface PreparedKey {
  readonly algorithm: SignatureAlgorithm
  /** What `crypto.sign` takes. */
  readonly input: { readonly key: KeyObject }
  /** Encoded headers by their `typ`. */
  readonly headers: Map<string, string>
}

/** Keys live as long as the snapshot of their realm; what is prepared for one goes with it. */
const prepared = new WeakMap<RealmKey, PreparedKey>()

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Signs claims as a compact JWS (RFC 7515). Asymmetric signatures are made in the thread pool.
 * @param typ header `typ`: `JWT`, `logout+jwt`, …
 */
export async function signToken(key: RealmKey, claims: Claims, typ = 'JWT'): Promise<string> {
  const ready = prepared.get(key) ?? prepare(key)
  const signed = `${headerOf(ready, key, typ)}.${encode(claims)}`
  const signature = await signatureOf(ready, key, signed)
  costlyWork.signature.publish(key.algorithm)
  return `${signed}.${signature.toString('base64url')}`
}

function prepare(key: RealmKey): PreparedKey {
  const algorithm = signatureAlgorithm(key.algorithm)
  if (!algorithm) throw new Error(`${key.algorithm} is no signature algorithm`)
  const input = { key: key.privateKey, ...algorithm.options }
  const ready = { algorithm, input, headers: new Map<string, string>() }
  prepared.set(key, ready)
  return ready
}

function headerOf({ headers }: PreparedKey, key: RealmKey, typ: string): string {
  const known = headers.get(typ)
  if (known !== undefined) return known
  const header = encode({ alg: key.algorithm, typ, kid: key.kid })
  headers.set(typ, header)
  return header
}

/** @param text in base64url and dots, so that each character is one byte */
function signatureOf(
  { algorithm, input }: PreparedKey,
  key: RealmKey,
  text: string,
): Buffer | Promise<Buffer> {
  if (algorithm.kind === 'hmac') {
    return createHmac(algorithm.hash as string, key.privateKey)
      .update(text, 'latin1')
      .digest()
  }
  return new Promise((resolve, reject) => {
    sign(algorithm.hash, Buffer.from(text, 'latin1'), input, (error, signature) => {
      if (error) reject(error)
      else resolve(signature)
    })
  })
}

/** @returns the parts of a compact JWS, or null when the text is none */
export function parseToken(text: string): UnverifiedToken | null {
  if (text.length > tokenCharactersMax) return null
  const [head, body, signature, ...rest] = text.split('.')
  if (!head || !body || signature === undefined || rest.length > 0) return null
  try {
    const header = JSON.parse(Buffer.from(head, 'base64url').toString()) as JwsHeader
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
    if (typeof header?.alg !== 'string' || claims === null || typeof claims !== 'object')
      return null
    return {
      header,
      claims,
      signed: `${head}.${body}`,
      signature: Buffer.from(signature, 'base64url'),
    }
  } catch {
    return null
  }
}

/** @returns whether the signature is of this key, by the key's own algorithm (never by what the header claims) */
export function isSignedBy(key: RealmKey, token: UnverifiedToken): boolean {
  const algorithm = signatureAlgorithm(key.algorithm)
  if (!algorithm || token.header.alg !== key.algorithm) return false
  const data = Buffer.from(token.signed)
  if (algorithm.kind === 'hmac') {
    const expected = createHmac(algorithm.hash as string, key.privateKey)
      .update(data)
      .digest()
    return expected.length === token.signature.length && timingSafeEqual(expected, token.signature)
  }
  if (key.publicKey === null) return false
  const input = { key: key.publicKey, ...algorithm.options }
  return verify(algorithm.hash, data, input, token.signature)
}
