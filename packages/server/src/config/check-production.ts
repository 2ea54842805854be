import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../shared/start-error.ts'
import type { ServerSettings } from './server-settings.ts'
import { SettingError } from './setting-error.ts'

const insecureContext =
  'the server is running in an insecure context. Secure contexts are required for full functionality, including cross-origin cookies.'

const severalNames =
  "`hostname` is not set: sessions and tokens are good only under the host name of the request in which they began. Nodes that are reached by different names refuse each other's; set `hostname`, or let the balancer pass on one name."

/** @returns what the start says about settings that have no effect or leave something open, one line each */
export function startWarnings({ values, encryptionKeys, home }: ServerSettings): string[] {
  const unencrypted =
    'Private keys and secrets are stored unencrypted: set KC_ENCRYPTION_KEY (32 bytes, base64)'
  return [
    ...values.warnings,
    ...javaProviders(home),
    ...(encryptionKeys.length === 0 ? [unencrypted] : []),
  ]
}

/** Where Keycloak takes extensions from. */
function javaProviders(home: string): string[] {
  const folder = join(home, 'providers')
  const jars = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jar')) : []
  return jars.map((name) => `providers/${name} is written in Java and is not loaded`)
}

/**
 * What `start` wants before it serves strangers: a host name, and TLS here or in a proxy.
 * @returns warnings, one line each
 * @throws SettingError that names the setting and the mend; StartError without a host name, for which Keycloak ends with 1
 */
export function checkProduction({ development, http, values }: ServerSettings): string[] {
  const { hostname, strict, backchannelDynamic, admin } = http.hostname
  const isUrl = hostname !== undefined && /^https?:\/\//i.test(hostname)
  if (backchannelDynamic && !isUrl) {
    throw new SettingError(
      'hostname-backchannel-dynamic must be set to false when no hostname is provided as a full URL',
    )
  }
  if (admin !== undefined && !isUrl) {
    throw new SettingError('hostname must be set to a URL when hostname-admin is set')
  }
  if (development) return []
  if (http.tls === undefined && !http.enabled) {
    throw new SettingError(
      'Key material not provided to setup HTTPS. Please configure your keys/certificates (https-certificate-file, https-certificate-key-file), or if HTTPS access is not needed see the `http-enabled` option. If you meant to start the server in development mode, see the `start-dev` command.',
    )
  }
  if (hostname === undefined && strict) {
    throw new StartError(
      'hostname is not configured; either configure hostname, or set hostname-strict to false',
    )
  }
  const warnings = hostname === undefined && values.text('cache') === 'ispn' ? [severalNames] : []
  const secure = http.tls !== undefined || http.proxy.headers !== undefined
  if (secure || (isUrl && hostname.startsWith('https:'))) return warnings
  return [
    ...warnings,
    `With HTTPS not enabled, \`proxy-headers\` unset, and ${isUrl ? 'a plain http `hostname`' : hostname === undefined ? '`hostname-strict=false`' : 'a non-URL `hostname`'}, ${insecureContext}`,
  ]
}
