import { createHmac, sign, timingSafeEqual, verify } from 'node:crypto'
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

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/**
 * Signs claims as a compact JWS (RFC 7515). Asymmetric signatures are made in the thread pool.
 * @param typ header `typ`: `JWT`, `logout+jwt`, …
 */
export async function signToken(key: RealmKey, claims: Claims, typ = 'JWT'): Promise<string> {
  const algorithm = signatureAlgorithm(key.algorithm)
  if (!algorithm) throw new Error(`${key.algorithm} is no signature algorithm`)
  const signed = `${encode({ alg: key.algorithm, typ, kid: key.kid })}.${encode(claims)}`
  const signature = await signatureOf(algorithm, key, signed)
  costlyWork.signature.publish(key.algorithm)
  return `${signed}.${signature.toString('base64url')}`
}

async function signatureOf(
  algorithm: SignatureAlgorithm,
  key: RealmKey,
  text: string,
): Promise<Buffer> {
  if (algorithm.kind === 'hmac') {
    return createHmac(algorithm.hash as string, key.privateKey)
      .update(text)
      .digest()
  }
  const input = { key: key.privateKey, ...algorithm.options }
  return await new Promise((resolve, reject) => {
    sign(algorithm.hash, Buffer.from(text), input, (error, signature) => {
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
