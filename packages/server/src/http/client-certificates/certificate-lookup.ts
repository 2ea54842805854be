import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { StorePlace } from '../../key-stores/store-place.ts'

/** The names of Keycloak's `x509cert-lookup` providers that read what a proxy passes on. */
export const proxyLookups = ['apache', 'envoy', 'haproxy', 'nginx', 'rfc9440', 'traefik'] as const

export type ProxyLookup = (typeof proxyLookups)[number]

/** How certificates of clients are found. */
export interface CertificateLookupSettings {
  /** `direct` takes them from the connection. */
  readonly provider: 'direct' | ProxyLookup
  /** Header with the client's certificate, lower case. */
  readonly clientHeader: string
  /** Header with those above it. */
  readonly chainHeader: string | undefined
  /** Beginning of the names of headers with those above it, each in one of its own: `…_0`, `…_1`. */
  readonly chainPrefix: string | undefined
  /** How many certificates above the client's are taken. */
  readonly chainLength: number
  /** nginx: whether the proxy's word (`ssl-client-verify: SUCCESS`) counts, or the chain is built here. */
  readonly trustProxyVerification: boolean
  /** nginx: whether the header is percent-encoded. */
  readonly urlEncoded: boolean
  /** The authorities of client certificates. */
  readonly trustStore: StorePlace | undefined
}

/** Certificates in a request that a proxy forwards: the client's own first; none where there is none, or it cannot be read. */
export type CertificateLookup = (
  request: Pick<IncomingMessage, 'headersDistinct'>,
  settings: CertificateLookupSettings,
) => X509Certificate[]

/** @returns a header that was sent once; undefined for one that is missing, empty or ambiguous */
export function onlyHeader(
  { headersDistinct }: Pick<IncomingMessage, 'headersDistinct'>,
  name: string | undefined,
): string | undefined {
  const values = name === undefined || name === '' ? undefined : headersDistinct[name]
  const [value] = values ?? []
  return values?.length === 1 && value !== '' ? value : undefined
}
