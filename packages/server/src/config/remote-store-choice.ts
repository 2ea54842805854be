import type { RemoteAddress, RemoteStoreSettings } from '../remote-stores/remote-store-settings.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'
import type { TrustedPeers } from './trusted-peers.ts'

const ports = { infinispan: 11_222, valkey: 6_379 } as const
/** Options that mean something beside `cache-remote-host` only. */
const dependent = [
  'backup-sites',
  'password',
  'port',
  'sentinel-master',
  'single-use',
  'tls-enabled',
  'type',
  'username',
].map((name) => `cache-remote-${name}`)

/**
 * @param features names of those that are on
 * @returns undefined without `cache-remote-host`
 * @throws SettingError for options that contradict each other
 */
export function remoteStoreSettings(
  values: SettingValues,
  features: ReadonlySet<string>,
  trusted: TrustedPeers,
): RemoteStoreSettings | undefined {
  const hosts = values.list('cache-remote-host')
  if (hosts.length === 0) {
    const alone = dependent.find((name) => values.explicit(name) !== undefined)
    if (alone === undefined) return undefined
    throw new SettingError(`Disabled option: '--${alone}'. Available only when remote host is set`)
  }
  if (features.has('STATELESS')) {
    throw new SettingError(
      "The feature stateless keeps everything in the database: take '--cache-remote-host' out",
    )
  }
  const type = values.text('cache-remote-type') === 'valkey' ? 'valkey' : 'infinispan'
  const given = values.explicit('cache-remote-port')
  const port = given === undefined ? ports[type] : Number(given)
  const username = values.text('cache-remote-username')
  const password = values.text('cache-remote-password')
  requireCredentials(type, username, password)
  const singleUse = values.flag('cache-remote-single-use')
  if (singleUse) {
    values.warn(
      'cache-remote-single-use=true: a remote store that fails over or restarts may forget what was used already, which then counts once more',
    )
  }
  return {
    type,
    addresses: hosts.map((host) => addressOf(host, port)),
    username,
    password,
    tls: values.flag('cache-remote-tls-enabled') ? trusted : undefined,
    singleUse,
    sessions: !features.has('PERSISTENT_USER_SESSIONS'),
    backupSites: values.list('cache-remote-backup-sites'),
    sentinelMaster: values.text('cache-remote-sentinel-master'),
  }
}

/** As in Keycloak each needs the other; Valkey's default user has a password alone. */
function requireCredentials(
  type: RemoteStoreSettings['type'],
  username: string | undefined,
  password: string | undefined,
): void {
  if (username !== undefined && password === undefined) {
    throw new SettingError("The option '--cache-remote-username' needs '--cache-remote-password'")
  }
  if (type === 'infinispan' && password !== undefined && username === undefined) {
    throw new SettingError("The option '--cache-remote-password' needs '--cache-remote-username'")
  }
}

/** `host`, `host:port`, `[address]:port` */
function addressOf(text: string, port: number): RemoteAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text)
  const plain = /^[0-9A-Fa-f:]+$/.test(text) && text.split(':').length > 2
  if (plain) return { host: text, port }
  const host = match?.[1] ?? match?.[2]
  const own = match?.[3] === undefined ? port : Number(match[3])
  if (host === undefined || own > 65_535) {
    throw new SettingError(
      `Invalid value for option '--cache-remote-host': ${text}. Expected a host name, also with a port`,
    )
  }
  return { host, port: own }
}
