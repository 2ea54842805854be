import { RemoteStoreRefused } from '../remote-connection.ts'
import type { RemoteStoreSettings } from '../remote-store-settings.ts'

const credentials = /^(?:WRONGPASS|NOAUTH|NOPERM|DENIED|ERR AUTH|ERR invalid password)/
const closed = /socket closed|closed unexpectedly|ECONNRESET/i
const encryption = /^(?:ERR_SSL|ERR_TLS|EPROTO|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|HOSTNAME_)/

/** @returns RemoteStoreRefused where the settings are at fault, by what the store or TLS said; else the error itself */
export function refusalOf(error: unknown, { tls }: Pick<RemoteStoreSettings, 'tls'>): unknown {
  if (error instanceof RemoteStoreRefused || !(error instanceof Error)) return error
  const { message } = error
  const code = String((error as { code?: unknown }).code ?? '')
  if (credentials.test(message)) {
    return new RemoteStoreRefused(
      `it does not take cache-remote-username and cache-remote-password: ${message}`,
      { cause: error },
    )
  }
  if (tls !== undefined && (encryption.test(code) || message.includes('certificate'))) {
    return new RemoteStoreRefused(`TLS failed (cache-remote-tls-enabled): ${message}`, {
      cause: error,
    })
  }
  const silent = tls !== undefined && /timeout|timed out/i.test(message)
  if (closed.test(`${code} ${message}`) || silent) {
    const expected = tls === undefined ? 'expects TLS' : 'speaks no TLS'
    return new Error(
      `${message || code}; perhaps it ${expected} (cache-remote-tls-enabled is ${tls !== undefined})`,
      { cause: error },
    )
  }
  return error
}
