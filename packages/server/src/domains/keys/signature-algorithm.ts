import { constants } from 'node:crypto'
import { ModelError } from '../realms/model-error.ts'

/** What a JWS `alg` (RFC 7518 §3.1, RFC 8037) means to Node's crypto. */
export interface SignatureAlgorithm {
  readonly name: string
  readonly kind: 'rsa' | 'rsa-pss' | 'ec' | 'eddsa' | 'hmac'
  /** Digest by Node's name; null where the curve decides (EdDSA). */
  readonly hash: string | null
  /** Options that `crypto.sign` and `crypto.verify` take beside the key. */
  readonly options: Readonly<Record<string, unknown>>
  /** JOSE curve name of the keys that fit, for `ec`. */
  readonly curve?: string
}

const pss = (hash: string, name: string): SignatureAlgorithm => ({
  name,
  kind: 'rsa-pss',
  hash,
  options: {
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  },
})
const rsa = (hash: string, name: string): SignatureAlgorithm => ({
  name,
  kind: 'rsa',
  hash,
  options: {},
})
const ec = (hash: string, name: string, curve: string): SignatureAlgorithm => ({
  name,
  kind: 'ec',
  hash,
  curve,
  options: { dsaEncoding: 'ieee-p1363' },
})
const hmac = (hash: string, name: string): SignatureAlgorithm => ({
  name,
  kind: 'hmac',
  hash,
  options: {},
})

const algorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map(
  [
    pss('sha256', 'PS256'),
    pss('sha384', 'PS384'),
    pss('sha512', 'PS512'),
    rsa('sha256', 'RS256'),
    rsa('sha384', 'RS384'),
    rsa('sha512', 'RS512'),
    ec('sha256', 'ES256', 'P-256'),
    ec('sha384', 'ES384', 'P-384'),
    ec('sha512', 'ES512', 'P-521'),
    { name: 'EdDSA', kind: 'eddsa', hash: null, options: {} } as const,
    hmac('sha256', 'HS256'),
    hmac('sha384', 'HS384'),
    hmac('sha512', 'HS512'),
  ].map((algorithm) => [algorithm.name, algorithm]),
)

/** @returns the algorithm of that JWS name, or undefined: `none` and everything unknown */
export function signatureAlgorithm(name: string): SignatureAlgorithm | undefined {
  return algorithms.get(name)
}

/**
 * @param name of the algorithm that a realm signs with; absent or empty for the usual one
 * @throws ModelError `invalid` for one that is none: no login in the realm would come to its end
 */
export function requireSignatureAlgorithm(name: unknown): void {
  if (name === undefined || name === null || name === '') return
  if (signatureAlgorithm(String(name))) return
  throw new ModelError('invalid', 'defaultSignatureAlgorithm is no signature algorithm')
}

/** Names of the algorithms whose keys have a public half. */
export const asymmetricAlgorithms: readonly string[] = namesOf((kind) => kind !== 'hmac')
/** Names of the algorithms with a shared secret. */
export const hmacAlgorithms: readonly string[] = namesOf((kind) => kind === 'hmac')

function namesOf(fits: (kind: SignatureAlgorithm['kind']) => boolean): string[] {
  return [...algorithms.values()].filter(({ kind }) => fits(kind)).map(({ name }) => name)
}
