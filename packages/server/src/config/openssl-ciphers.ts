import { parseList } from './setting-syntax.ts'

/**
 * Names of cipher suites as Java and the IANA have them (`TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`) in the notation of OpenSSL
 * (`ECDHE-RSA-AES128-GCM-SHA256`); those of TLS 1.3 are the same in both, and what is in that notation already stays.
 * @param text names with commas or colons between them
 */
export function openSslCiphers(text: string): string {
  return parseList(text.replaceAll(':', ',')).map(openSslName).join(':')
}

function openSslName(name: string): string {
  const match = /^(?:TLS|SSL)_(.+)_WITH_(.+)$/.exec(name)
  if (match === null) return name
  const cipher = (match[2] ?? '')
    .replace(/AES_(\d+)_/, 'AES$1_')
    .replace(/^CHACHA20_POLY1305_SHA256$/, 'CHACHA20_POLY1305')
    .replace('_CBC_', '_')
  const exchange = match[1] === 'RSA' ? '' : `${match[1]}-`
  return `${exchange}${cipher}`.replaceAll('_', '-')
}
