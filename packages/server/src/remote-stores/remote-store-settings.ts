import type { ConnectionOptions } from 'node:tls'

export interface RemoteAddress {
  readonly host: string
  readonly port: number
}

/** Everything of `cache-remote-…`, checked. */
export interface RemoteStoreSettings {
  readonly type: 'infinispan' | 'valkey'
  /** Where to begin; the store tells of its other nodes. At least one. */
  readonly addresses: readonly RemoteAddress[]
  readonly username: string | undefined
  readonly password: string | undefined
  /** Undefined = without TLS. */
  readonly tls: Pick<ConnectionOptions, 'ca' | 'checkServerIdentity'> | undefined
  /** Whether once-only objects are there too (`cache-remote-single-use`). */
  readonly singleUse: boolean
  /** Whether online sessions are there too (without `persistent-user-sessions`). */
  readonly sessions: boolean
  /** Sites that an Infinispan server sends what it holds to. */
  readonly backupSites: readonly string[]
  /** Which of the masters that a Sentinel watches; undefined = the only one. */
  readonly sentinelMaster: string | undefined
}
