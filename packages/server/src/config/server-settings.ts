import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { AccessLogSettings } from '../http/access-log-settings.ts'
import type { CertificateLookupSettings } from '../http/client-certificates/certificate-lookup.ts'
import type { HttpSettings, TlsSettings } from '../http/http-settings.ts'
import type { ShownOnMain } from '../http/management/management-on-main.ts'
import type { OutgoingRules } from '../http/outgoing-requests.ts'
import type { LogSettings } from '../log/log-settings.ts'
import type { RemoteStoreSettings } from '../remote-stores/remote-store-settings.ts'
import type { TelemetrySettings } from '../telemetry/telemetry-settings.ts'
import type { VaultSettings } from '../vault/vault-settings.ts'
import { accessLogSettings } from './access-log-choice.ts'
import { type AddressFamily, addressFamily, anyAddress } from './address-family.ts'
import { type AttestationChoice, attestationChoice } from './attestation-choice.ts'
import { authenticationChannelUri } from './authentication-channel-uri.ts'
import { certificateLookupSettings } from './certificate-lookup-settings.ts'
import { type DatabaseChoice, databaseChoice } from './database-address.ts'
import { encryptionKeys } from './encryption-keys.ts'
import { featureChoice } from './feature-choice.ts'
import { logSettings } from './log-choice.ts'
import { type MetadataDocumentLimits, metadataDocumentLimits } from './metadata-document-limits.ts'
import { outgoingRules } from './outgoing-choice.ts'
import { remoteStoreSettings } from './remote-store-choice.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import type { Configuration } from './sources.ts'
import { telemetrySettings } from './telemetry-choice.ts'
import { mainTls, managementTls } from './tls-choice.ts'
import { type TrustedPeers, trustedPeers } from './trusted-peers.ts'
import { vaultSettings } from './vault-choice.ts'

/** The management listener: health and metrics. */
export interface ManagementSettings {
  readonly enabled: boolean
  readonly health: boolean
  readonly metrics: boolean
  /** What of it is on the main port instead. */
  readonly onMain: ShownOnMain
  readonly host: string
  readonly port: number
  /** Without a slash at its end; empty for the root. */
  readonly relativePath: string
  /** Undefined where it speaks plain HTTP. */
  readonly tls: TlsSettings | undefined
  readonly histograms: boolean
  /** Bucket boundaries in milliseconds. */
  readonly slosMs: readonly number[]
}

/** The first administrator, made when the master realm has none. */
export interface BootstrapSettings {
  readonly username: string
  readonly password: string | undefined
  readonly clientId: string
  readonly clientSecret: string | undefined
}

/** Everything that a server needs to know to start, typed and checked. */
export interface ServerSettings {
  readonly development: boolean
  /** Which addresses are taken first. */
  readonly family: AddressFamily
  /** Absolute. */
  readonly dataDir: string
  readonly home: string
  readonly database: DatabaseChoice
  /** How long a migration may be waited for. */
  readonly setupTimeoutMs: number
  readonly http: HttpSettings
  readonly certificateLookup: CertificateLookupSettings
  readonly management: ManagementSettings
  readonly log: LogSettings
  /** What is sent to collectors. */
  readonly telemetry: TelemetrySettings
  /** Undefined where requests are not logged. */
  readonly accessLog: AccessLogSettings | undefined
  readonly bootstrap: BootstrapSettings
  /** Those that are on, by the names of Keycloak's profile. */
  readonly features: ReadonlySet<string>
  /** Where an entity outside asks users (CIBA); undefined where they are asked in their browser. */
  readonly authenticationChannelUri: string | undefined
  readonly metadataDocuments: MetadataDocumentLimits
  /** Who is believed where this server opens TLS connections. */
  readonly trusted: TrustedPeers
  /** Who may vouch for users' authenticators. */
  readonly attestation: AttestationChoice
  /** Undefined where everything is in the database. */
  readonly remoteStore: RemoteStoreSettings | undefined
  /** Requests to addresses that settings of realms name. */
  readonly outgoing: OutgoingRules
  readonly vault: VaultSettings | undefined
  /** Current key first. */
  readonly encryptionKeys: readonly Buffer[]
  readonly importRealms: boolean
  readonly workers: number
  readonly shutdownDelayMs: number
  readonly shutdownTimeoutMs: number
  /** Value of an environment variable or system property, for `${NAME}` in realm files. */
  readonly lookUp: (name: string) => string | undefined
  /** All values by name, for parts that read families of settings themselves (`cache-…`, `spi-…`, system properties). */
  readonly values: SettingValues
}

/** @throws SettingError when settings contradict each other or a file that they name cannot be read */
export function serverSettings(configuration: Configuration): ServerSettings {
  const { values, home, lookUp, colours } = configuration
  const family = addressFamily(values)
  const anyHost = anyAddress(family, configuration.ipv4)
  const http = httpSettings(values, home, anyHost)
  const features = featureChoice(values)
  const trusted = trustedPeers(values, home)
  const dataDir = resolve(home, values.text('data-dir') ?? 'data')
  return {
    development: values.development,
    family,
    dataDir,
    home,
    database: databaseChoice(values, trusted),
    setupTimeoutMs: values.durationMs('transaction-setup-timeout') ?? 1_800_000,
    http,
    certificateLookup: certificateLookupSettings(values),
    authenticationChannelUri: authenticationChannelUri(values),
    metadataDocuments: metadataDocumentLimits(values),
    management: managementSettings(values, http),
    log: logSettings(values, { home, dataDir, colours }, trusted, features),
    accessLog: accessLogSettings(values, dataDir),
    telemetry: telemetrySettings(values, features),
    bootstrap: {
      username: values.text('bootstrap-admin-username') ?? 'temp-admin',
      password: values.text('bootstrap-admin-password'),
      clientId: values.text('bootstrap-admin-client-id') ?? 'temp-admin',
      clientSecret: values.text('bootstrap-admin-client-secret'),
    },
    features,
    trusted,
    attestation: attestationChoice(values, home),
    remoteStore: remoteStoreSettings(values, features, trusted),
    outgoing: outgoingRules(values, trusted, lookUp),
    vault: vaultSettings(values, home),
    encryptionKeys: encryptionKeys(values),
    importRealms: values.flag('import-realm'),
    workers: values.integer('workers') ?? availableParallelism(),
    shutdownDelayMs: values.durationMs('shutdown-delay') ?? 1_000,
    shutdownTimeoutMs: values.durationMs('shutdown-timeout') ?? 10_000,
    lookUp,
    values,
  }
}

function httpSettings(values: SettingValues, home: string, anyHost: string): HttpSettings {
  const queued = values.integer('http-max-queued-requests') ?? 0
  const atWork = values.integer('http-pool-max-threads') ?? Math.max(4 * availableParallelism(), 50)
  return {
    host: values.explicit('http-host') ?? anyHost,
    port: values.integer('http-port') ?? 8080,
    enabled: values.flag('http-enabled'),
    httpsPort: values.integer('https-port') ?? 8443,
    tls: mainTls(values, home),
    relativePath: relativePath(values, 'http-relative-path'),
    requestsMax: atWork + queued,
    connectionsPerAddressMax: values.integer('http-max-connections-per-address') ?? 0,
    proxyProtocol: proxyProtocol(values),
    acceptNonNormalizedPaths: values.flag('http-accept-non-normalized-paths'),
    hostname: {
      hostname: hostnameOf(values, 'hostname'),
      admin: hostnameOf(values, 'hostname-admin'),
      strict: values.flag('hostname-strict'),
      backchannelDynamic: values.flag('hostname-backchannel-dynamic'),
    },
    proxy: {
      headers: values.text('proxy-headers') as 'forwarded' | 'xforwarded' | undefined,
      trustedAddresses: trustedAddresses(values),
    },
  }
}

function relativePath(values: SettingValues, name: string): string {
  const text = values.text(name) ?? '/'
  if (!/^\/?(?:[A-Za-z0-9._~-]+\/?)*$/.test(text)) {
    throw new SettingError(
      `Invalid value for option '--${name}': ${text}. Expected a path such as /auth`,
    )
  }
  const trimmed = text.replace(/^\/+|\/+$/g, '')
  return trimmed === '' ? '' : `/${trimmed}`
}

function hostnameOf(values: SettingValues, name: string): string | undefined {
  const text = values.text(name)
  if (text === undefined || text === '') return undefined
  const valid = /^https?:\/\//i.test(text)
    ? URL.canParse(text)
    : /^[A-Za-z0-9.-]+$|^\[[0-9A-Fa-f:]+\]$/.test(text) && name === 'hostname'
  if (!valid) {
    const expected = name === 'hostname' ? 'a host name or a full URL' : 'a full URL'
    throw new SettingError(
      `Invalid value for option '--${name}': ${text}. Expected ${expected} such as https://login.example.com`,
    )
  }
  return text
}

function proxyProtocol(values: SettingValues): boolean {
  const enabled = values.flag('proxy-protocol-enabled')
  if (enabled && values.text('proxy-headers') !== undefined) {
    throw new SettingError(
      "The options '--proxy-protocol-enabled' and '--proxy-headers' exclude each other: a proxy says by one of them whom it speaks for",
    )
  }
  return enabled
}

function trustedAddresses(values: SettingValues): readonly string[] | undefined {
  const addresses = values.list('proxy-trusted-addresses')
  if (addresses.length === 0) return undefined
  const wrong = addresses.find((address) => !/^[0-9A-Fa-f:.]+(?:\/\d{1,3})?$/.test(address))
  if (wrong !== undefined) {
    throw new SettingError(
      `Invalid value for option '--proxy-trusted-addresses': ${wrong}. Expected addresses or CIDR ranges`,
    )
  }
  return addresses
}

function managementSettings(
  values: SettingValues,
  { tls, host }: HttpSettings,
): ManagementSettings {
  const legacy = values.flag('legacy-observability-interface')
  const healthOnMain = legacy || !values.flag('http-management-health-enabled')
  const health = values.flag('health-enabled') && !healthOnMain
  const metrics = values.flag('metrics-enabled') && !legacy
  return {
    enabled: health || metrics,
    onMain: {
      health: values.flag('health-enabled') && healthOnMain,
      metrics: values.flag('metrics-enabled') && legacy,
    },
    health,
    metrics,
    host: values.text('http-management-host') ?? host,
    port: values.integer('http-management-port') ?? 9000,
    relativePath:
      values.explicit('http-management-relative-path') === undefined
        ? relativePath(values, 'http-relative-path')
        : relativePath(values, 'http-management-relative-path'),
    tls: managementTls(values, tls),
    histograms: values.flag('http-metrics-histograms-enabled'),
    slosMs: values.list('http-metrics-slos').map(Number).filter(Number.isFinite),
  }
}
