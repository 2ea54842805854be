import type { KeyObject } from 'node:crypto'

/** A key of a realm, ready for use. */
export interface RealmKey {
  readonly kid: string
  /** Component that it comes from. */
  readonly componentId: string
  readonly providerPriority: number
  /** `active` keys sign, `passive` ones only verify, `disabled` ones are listed and nothing else. */
  readonly status: 'ACTIVE' | 'PASSIVE' | 'DISABLED'
  readonly use: 'SIG' | 'ENC'
  /** JWA name: `RS256`, `RSA-OAEP`, `HS512`, `AES`, … */
  readonly algorithm: string
  readonly type: 'RSA' | 'EC' | 'OKP' | 'OCT'
  readonly publicKey: KeyObject | null
  /** The private key, or for `OCT` the secret. */
  readonly privateKey: KeyObject
  /** DER of the certificate, base64 without line breaks; RSA keys only. */
  readonly certificate: string | null
}

/** JSON Web Key as the certs endpoint shows it (RFC 7517). */
export type PublicJwk = Readonly<Record<string, string | readonly string[]>>
