import { CompactEncrypt, importJWK } from 'jose'
import type { Client } from '../clients/client.ts'
import type { ClientKeys } from '../clients/keys/client-keys.ts'
import { TokenProtectionProblem } from './token-protection-problem.ts'

/** Ways to encrypt a key for somebody (RFC 7518 §4.1), in Keycloak's order; RSA1_5 is not among them (RFC 8725 §3.2). */
export const keyEncryptions: readonly string[] = [
  'ECDH-ES+A256KW',
  'ECDH-ES+A192KW',
  'ECDH-ES+A128KW',
  'RSA-OAEP',
  'RSA-OAEP-256',
  'ECDH-ES',
]
/** Ways to encrypt a content (RFC 7518 §5.1), in Keycloak's order. */
export const contentEncryptions: readonly string[] = [
  'A256GCM',
  'A192GCM',
  'A128GCM',
  'A128CBC-HS256',
  'A192CBC-HS384',
  'A256CBC-HS512',
]
/** OpenID Connect Dynamic Client Registration §2. */
const contentEncryptionDefault = 'A128CBC-HS256'

/** What may be encrypted, with the beginning of the client's attributes that ask for it. */
const prefixes = {
  id: 'id.token.encrypted.response',
  userinfo: 'user.info.encrypted.response',
  authorization: 'authorization.encrypted.response',
} as const

export type EncryptedKind = keyof typeof prefixes

/** Encrypts for clients what they want encrypted (RFC 7516). */
export class ClientEncryption {
  readonly #clientKeys: Pick<ClientKeys, 'encryptionKey'>

  constructor(deps: { readonly clientKeys: Pick<ClientKeys, 'encryptionKey'> }) {
    this.#clientKeys = deps.clientKeys
  }

  /** @returns whether the client wants this encrypted */
  wants(client: Client, kind: EncryptedKind): boolean {
    return Boolean(client.representation.attributes?.[`${prefixes[kind]}.alg`])
  }

  /**
   * @param text a signed JWT, or claims as JSON
   * @param nested whether it is a JWT
   * @returns the text, encrypted where the client wants that
   * @throws TokenProtectionProblem
   */
  async encrypt(client: Client, kind: EncryptedKind, text: string, nested = true): Promise<string> {
    const { attributes = {} } = client.representation
    const alg = attributes[`${prefixes[kind]}.alg`]
    if (!alg) return text
    const enc = attributes[`${prefixes[kind]}.enc`] || contentEncryptionDefault
    if (!keyEncryptions.includes(alg) || !contentEncryptions.includes(enc)) {
      throw new TokenProtectionProblem(
        `Client ${client.clientId} wants an encryption that is not there`,
      )
    }
    const jwk = await this.#clientKeys.encryptionKey(client, alg)
    if (jwk === null) {
      throw new TokenProtectionProblem(`Client ${client.clientId} has no key to encrypt with`)
    }
    try {
      const header = { alg, enc, ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) }
      return await new CompactEncrypt(new TextEncoder().encode(text))
        .setProtectedHeader(nested ? { ...header, typ: 'JWT', cty: 'JWT' } : header)
        .encrypt(await importJWK(jwk, alg))
    } catch {
      throw new TokenProtectionProblem(`The key of client ${client.clientId} cannot encrypt`)
    }
  }
}
