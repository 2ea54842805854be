import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import {
  type CertificateLookup,
  type CertificateLookupSettings,
  onlyHeader,
  type ProxyLookup,
} from './certificate-lookup.ts'
import { readCertificate, readCertificates } from './certificate-text.ts'
import { forwardedClientCertificates } from './forwarded-client-certificates.ts'

type Headers = Pick<IncomingMessage, 'headersDistinct'>

/** What each proxy writes, by the name of Keycloak's provider for it. */
export const headerLookups: Readonly<Record<ProxyLookup, CertificateLookup>> = {
  apache: indexed,
  envoy: forwardedClientCertificates,
  haproxy: (request, settings) => {
    const chain = onlyHeader(request, settings.chainHeader)
    if (chain === undefined) return indexed(request, settings)
    const own = ownCertificate(request, settings)
    return own ? [own, ...readCertificates(chain).slice(0, settings.chainLength)] : []
  },
  nginx: (request, settings) => {
    if (!settings.trustProxyVerification) {
      const own = ownCertificate(request, settings)
      return own ? [own] : []
    }
    const verified = onlyHeader(request, 'ssl-client-verify') === 'SUCCESS'
    return verified ? indexed(request, settings) : []
  },
  rfc9440: structured,
  traefik: (request, { chainLength }) =>
    allRead(onlyHeader(request, 'x-forwarded-tls-client-cert')?.split(','), chainLength + 1),
}

/** One header for the client's certificate, one for each above it. */
function indexed(request: Headers, settings: CertificateLookupSettings): X509Certificate[] {
  const own = ownCertificate(request, settings)
  if (!own) return []
  const { chainPrefix, chainLength } = settings
  const names = chainPrefix === undefined ? [] : Array.from({ length: chainLength }, (_, n) => n)
  const above = names.flatMap((n) => {
    const text = onlyHeader(request, `${chainPrefix}_${n}`)
    return text === undefined ? [] : [readCertificate(plain(text, settings))]
  })
  return [own, ...above.filter((each) => each !== undefined)]
}

function ownCertificate(
  request: Headers,
  settings: CertificateLookupSettings,
): X509Certificate | undefined {
  const text = onlyHeader(request, settings.clientHeader)
  return text === undefined ? undefined : readCertificate(plain(text, settings))
}

/** nginx escapes what it passes on (`$ssl_client_escaped_cert`). */
function plain(text: string, { provider, urlEncoded }: CertificateLookupSettings): string {
  if (provider !== 'nginx' || !urlEncoded) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** Byte sequences of structured fields: `:MII…:` (RFC 9440 §2). */
function structured(request: Headers, settings: CertificateLookupSettings): X509Certificate[] {
  const { clientHeader, chainHeader = '', chainLength } = settings
  const own = onlyHeader(request, clientHeader)
  if (own === undefined) return []
  const above = (request.headersDistinct[chainHeader] ?? []).join(',')
  const members = above.trim() === '' ? [] : above.split(',').slice(0, chainLength)
  return allRead(
    [own, ...members].map((member) => /^:([^:]*):$/.exec(member.trim())?.[1] ?? ''),
    chainLength + 1,
  )
}

/** @returns none where one of them cannot be read */
function allRead(texts: readonly string[] = [], countMax: number): X509Certificate[] {
  const read = texts.slice(0, countMax).map((text) => readCertificate(text))
  return read.every((each) => each !== undefined) ? read : []
}
