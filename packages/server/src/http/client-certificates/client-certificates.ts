import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { type DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { StorePlace } from '../../key-stores/store-place.ts'
import { trustedCertificates } from '../../key-stores/trusted-certificates.ts'
import type { Clock } from '../../shared/clock.ts'
import { ForwardingHeaders } from '../client-address.ts'
import type { ProxySettings } from '../http-settings.ts'
import type { SeenRequest } from '../seen-request.ts'
import { issuersOf, knownIssuers } from './certificate-chain.ts'
import type { CertificateLookupSettings } from './certificate-lookup.ts'
import { readCertificates } from './certificate-text.ts'
import { headerLookups } from './header-lookups.ts'
import {
  type KnownCertificate,
  type ShownCertificate,
  shownCertificate,
} from './shown-certificate.ts'

/** Certificates of a chain that are looked at. */
const chainLengthMax = 10

export interface ClientCertificatesDeps {
  readonly settings: CertificateLookupSettings
  readonly proxy: ProxySettings
  /** Whether clients are asked for one where they connect. */
  readonly asked: boolean
  readonly clock: Clock
}

/** Says which certificate the client of a request has shown, wherever its TLS connection ends. */
export class ClientCertificates {
  /** Whether one can reach this server at all. */
  readonly canBeShown: boolean
  readonly #settings: CertificateLookupSettings
  readonly #proxies: ForwardingHeaders
  readonly #clock: Clock
  readonly #authorities: readonly X509Certificate[]
  /** What a connection has shown stays the same to its end. */
  readonly #ofConnections = new WeakMap<
    TLSSocket,
    { readonly shown: ShownCertificate | undefined }
  >()

  private constructor(
    { settings, proxy, asked, clock }: ClientCertificatesDeps,
    authorities: readonly X509Certificate[],
  ) {
    this.canBeShown = asked || settings.provider !== 'direct'
    this.#settings = settings
    this.#proxies = new ForwardingHeaders(proxy)
    this.#clock = clock
    this.#authorities = authorities
  }

  /** @throws Error naming the trust store that cannot be read */
  static async open(deps: ClientCertificatesDeps): Promise<ClientCertificates> {
    const { trustStore } = deps.settings
    const authorities = trustStore === undefined ? [] : await readAuthorities(trustStore)
    return new ClientCertificates(deps, authorities)
  }

  /** @returns undefined where none was shown, or the proxy that passes one on is not trusted */
  of({ raw }: Pick<SeenRequest, 'raw'>): ShownCertificate | undefined {
    return this.#settings.provider === 'direct' ? this.#direct(raw) : this.#passedOn(raw)
  }

  /** As `of`, with all above it that is known, from the client or from the trust store. */
  knownOf(request: Pick<SeenRequest, 'raw'>): KnownCertificate | undefined {
    const shown = this.of(request)
    if (shown === undefined) return undefined
    const { certificate, issuers, trusted } = shown
    const now = this.#clock.now()
    const above = knownIssuers(certificate, { own: this.#authorities, sent: issuers, now })
    return { certificate, trusted, ...above }
  }

  #direct({ socket }: IncomingMessage): ShownCertificate | undefined {
    if (!(socket instanceof TLSSocket)) return undefined
    const known = this.#ofConnections.get(socket)
    if (known) return known.shown
    const chain = chainOf(socket.getPeerCertificate(true))
    const shown = shownCertificate(chain, socket.authorized)
    this.#ofConnections.set(socket, { shown })
    return shown
  }

  #passedOn(request: IncomingMessage): ShownCertificate | undefined {
    const { provider, trustProxyVerification, chainLength } = this.#settings
    if (provider === 'direct' || !this.#proxies.isTrusted(request)) return undefined
    const chain = headerLookups[provider](request, this.#settings)
    const [own] = chain
    // The other proxies have looked at the chain themselves, and so has the handshake.
    if (!own || provider !== 'nginx' || trustProxyVerification) return shownCertificate(chain, true)
    const issuers = issuersOf(own, this.#authorities, chainLength, this.#clock.now())
    return shownCertificate([own, ...(issuers ?? [])], issuers !== null)
  }
}

/** The last certificate of a chain names itself as its issuer; a connection without one has an empty object. */
function chainOf(first: DetailedPeerCertificate | Record<string, never>): X509Certificate[] {
  const chain: X509Certificate[] = []
  let certificate = first as DetailedPeerCertificate | undefined
  while (certificate?.raw !== undefined && chain.length < chainLengthMax) {
    chain.push(new X509Certificate(certificate.raw))
    const issuer: DetailedPeerCertificate | undefined = certificate.issuerCertificate
    if (issuer === certificate) break
    certificate = issuer
  }
  return chain
}

async function readAuthorities({ file, password }: StorePlace): Promise<X509Certificate[]> {
  const content = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`Failed to load 'https-trust-store-file': ${error.code} ${file}`)
  })
  try {
    return trustedCertificates(content, password).flatMap((block) => readCertificates(block))
  } catch (error) {
    throw new Error(`Failed to load 'https-trust-store-file': ${file}: ${(error as Error).message}`)
  }
}
