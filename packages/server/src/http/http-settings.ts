import type { StorePlace } from '../key-stores/store-place.ts'

/** Where clients reach this server, as far as it is configured. */
export interface HostnameSettings {
  /** Full URL or host name for browsers; undefined = taken from each request. */
  readonly hostname: string | undefined
  /** Full URL of the admin console, when it differs. */
  readonly admin: string | undefined
  readonly strict: boolean
  /** Whether back-channel URLs follow the request although `hostname` is a full URL. */
  readonly backchannelDynamic: boolean
}

/** Which forwarding headers are believed, and from whom. */
export interface ProxySettings {
  readonly headers: 'forwarded' | 'xforwarded' | undefined
  /** Addresses or CIDR ranges; undefined = every peer is believed. */
  readonly trustedAddresses: readonly string[] | undefined
}

/** Where key and certificate of a TLS listener are: in two PEM files, or together in a store. */
export type KeyMaterial =
  | { readonly certificateFile: string; readonly keyFile: string }
  | { readonly store: StorePlace }

/** An encrypted listener. */
export interface TlsSettings {
  readonly keys: KeyMaterial
  readonly protocols: readonly string[]
  readonly cipherSuites: string | undefined
  readonly clientAuth: 'none' | 'request' | 'required'
  /** The authorities of client certificates. */
  readonly trustStore: StorePlace | undefined
  /** How often the files are read again, in milliseconds; 0 = never. */
  readonly reloadPeriodMs: number
}

/** The main listener. */
export interface HttpSettings {
  readonly host: string
  readonly port: number
  readonly enabled: boolean
  readonly httpsPort: number
  readonly tls: TlsSettings | undefined
  /** Without a slash at its end; empty for the root. */
  readonly relativePath: string
  /** Requests in line and at work at once; what comes beyond that is refused with 503. */
  readonly requestsMax: number
  /** Connections that one client may hold on each worker; 0 or absent = any number. */
  readonly connectionsPerAddressMax?: number
  /** Whether paths are taken that proxies and servers may read differently (`//`, `..`, `;`). */
  readonly acceptNonNormalizedPaths?: boolean
  /** Whether every connection begins with the header of the PROXY protocol. */
  readonly proxyProtocol?: boolean
  readonly hostname: HostnameSettings
  readonly proxy: ProxySettings
}
