import type { X509Certificate } from 'node:crypto'
import type { Client } from '../../../domains/clients/client.ts'
import {
  nameText,
  parseDistinguishedName,
  sameName,
  subjectOf,
} from '../../../domains/clients/distinguished-name.ts'
import type { ClientKeys } from '../../../domains/clients/keys/client-keys.ts'
import { resolvedRootUrl } from '../../../domains/tokens/web-origins.ts'
import type { ShownCertificate } from '../../../http/client-certificates/shown-certificate.ts'
import type { Patterns } from '../../../patterns/patterns.ts'
import { type ClientAuthenticator, unknownClient } from './client-authenticator.ts'
import type { ClientCredentials } from './client-credentials.ts'

/** Attribute with the method that the client registered: tells the two below apart. */
const methodAttribute = 'token.endpoint.auth.method'
const selfSigned = 'self_signed_tls_client_auth'
const subjectAttribute = 'x509.subjectdn'
const authorityAttribute = 'x509.casubjectdn'
const patternAttribute = 'x509.allow.regex.pattern.comparison'

export interface ClientCertificateDeps {
  readonly clientKeys: Pick<ClientKeys, 'holds'>
  readonly patterns: Pick<Patterns, 'matches'>
}

/**
 * The certificate of the TLS connection (RFC 8705 §2): one that an authority vouches for and whose subject is the client's,
 * or one whose key is among the client's own.
 */
export class ClientCertificateAuthenticator implements ClientAuthenticator {
  readonly id = 'client-x509'
  readonly methods: readonly string[]
  readonly #deps: ClientCertificateDeps

  /** @param canBeShown whether certificates reach this server at all: else the methods are not advertised */
  constructor(deps: ClientCertificateDeps, canBeShown: boolean) {
    this.#deps = deps
    this.methods = canBeShown ? ['tls_client_auth', selfSigned] : []
  }

  async authenticate(client: Client, credentials: ClientCredentials): Promise<void> {
    const { shown, realm } = credentials
    if (!shown) throw unknownClient('invalid_client_credentials')
    const { certificate, trusted } = shown
    const { attributes = {} } = client.representation
    const proved =
      attributes[methodAttribute] === selfSigned
        ? await this.#isOwn(client, certificate, credentials)
        : trusted && (await this.#isNamed(client, shown, realm.name))
    if (!proved) throw unknownClient('invalid_client_credentials')
  }

  /** RFC 8705 §2.2: the key counts, and no authority is asked. */
  async #isOwn(
    client: Client,
    certificate: X509Certificate,
    { places }: ClientCredentials,
  ): Promise<boolean> {
    return await this.#deps.clientKeys.holds(client, certificate, resolvedRootUrl(client, places))
  }

  /** RFC 8705 §2.1: whose it is and, where the client says so, which authority vouches for it. */
  async #isNamed(client: Client, shown: ShownCertificate, realm: string): Promise<boolean> {
    const { attributes = {} } = client.representation
    const wanted = attributes[subjectAttribute]
    if (!wanted || !(await this.#hasName(client, shown.certificate, wanted, realm))) return false
    const authority = attributes[authorityAttribute]
    if (!authority) return true
    const root = shown.issuers.at(-1)
    return root !== undefined && (await this.#hasName(client, root, authority, realm))
  }

  async #hasName(
    client: Client,
    certificate: X509Certificate,
    wanted: string,
    realm: string,
  ): Promise<boolean> {
    const subject = await subjectOf(certificate)
    if (client.representation.attributes?.[patternAttribute] === 'true') {
      const place = { realm, setting: `${subjectAttribute} of client ${client.clientId}` }
      return await this.#deps.patterns.matches(wanted, nameText(subject), place)
    }
    const name = parseDistinguishedName(wanted)
    return name !== null && sameName(name, subject)
  }
}
