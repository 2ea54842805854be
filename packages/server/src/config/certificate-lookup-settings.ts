import {
  type CertificateLookupSettings,
  type ProxyLookup,
  proxyLookups,
} from '../http/client-certificates/certificate-lookup.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import { storePlace } from './tls-choice.ts'

const spi = 'spi-x509cert-lookup'
/** Providers of Keycloak that take the certificate from the connection. */
const directProviders = ['default', 'quarkus']
const chainLengthDefault = 1
const chainLengthMax = 10
/** What the standards name; the other proxies have no usual names. */
const usualHeaders: Partial<Record<ProxyLookup, { client: string; chain: string }>> = {
  rfc9440: { client: 'client-cert', chain: 'client-cert-chain' },
}
/** These read headers of fixed names. */
const withoutNames: readonly string[] = ['envoy', 'traefik', 'rfc9440']

/**
 * How certificates of clients are found: Keycloak's `spi-x509cert-lookup--provider` and the options of that provider, in the
 * spelling with two dashes and in the one before it.
 * @throws SettingError for a provider that does not exist, and for options that are no such
 */
export function certificateLookupSettings(values: SettingValues): CertificateLookupSettings {
  const name = optionOf(values, 'provider') ?? 'default'
  const provider = directProviders.includes(name)
    ? 'direct'
    : proxyLookups.find((one) => one === name)
  if (provider === undefined) {
    throw new SettingError(
      `Invalid value for option '--${spi}--provider': ${name}. Expected one of ${[...directProviders, ...proxyLookups].join(', ')}`,
    )
  }
  const of = (option: string) => optionOf(values, `${name}-${option}`)
  const usual = provider === 'direct' ? undefined : usualHeaders[provider]
  const clientHeader = (of('ssl-client-cert') ?? usual?.client ?? '').toLowerCase()
  if (provider !== 'direct') {
    warn(values, name, clientHeader)
  }
  return {
    provider,
    clientHeader,
    chainHeader: (of('ssl-cert-chain') ?? usual?.chain)?.toLowerCase(),
    chainPrefix: of('ssl-cert-chain-prefix')?.toLowerCase(),
    chainLength: chainLength(name, of('certificate-chain-length')),
    trustProxyVerification: flag(name, 'trust-proxy-verification', of, false),
    urlEncoded: flag(name, 'cert-is-url-encoded', of, true),
    trustStore: storePlace(values, 'https-trust-store'),
  }
}

/** @param option behind the name of the SPI */
function optionOf(values: SettingValues, option: string): string | undefined {
  return (
    values.text(`${spi}--${option}`) ?? values.text(`${spi}-${option}`) ?? twoDashes(values, option)
  )
}

/** `spi-x509cert-lookup--nginx--ssl-client-cert`. */
function twoDashes(values: SettingValues, option: string): string | undefined {
  const [provider, ...rest] = option.split('-')
  return values.text(`${spi}--${provider}--${rest.join('-')}`)
}

function warn(values: SettingValues, name: string, clientHeader: string): void {
  if (clientHeader === '' && !withoutNames.includes(name)) {
    values.warn(
      `The option --${spi}--${name}--ssl-client-cert is missing: no header is read for certificates of clients`,
    )
  }
  if (values.list('proxy-trusted-addresses').length === 0) {
    values.warn(
      `The option --proxy-trusted-addresses is missing: whoever reaches this server can name a client certificate in a header`,
    )
  }
}

function chainLength(name: string, text: string | undefined): number {
  if (text === undefined) return chainLengthDefault
  const length = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN
  if (length <= chainLengthMax) return length
  throw new SettingError(
    `Invalid value for option '--${spi}--${name}--certificate-chain-length': ${text}. Expected a number up to ${chainLengthMax}`,
  )
}

function flag(
  name: string,
  option: string,
  of: (option: string) => string | undefined,
  usual: boolean,
): boolean {
  const text = of(option)
  if (text === undefined) return usual
  if (text === 'true' || text === 'false') return text === 'true'
  throw new SettingError(
    `Invalid value for option '--${spi}--${name}--${option}': ${text}. Expected true or false`,
  )
}
