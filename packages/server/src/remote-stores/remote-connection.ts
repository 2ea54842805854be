/** The caches that a remote store holds, by Keycloak's names. */
export type RemoteCacheName =
  | 'authenticationSessions'
  | 'loginFailures'
  | 'actionTokens'
  | 'sessions'
  | 'clientSessions'

/** What stands under a key, and by which version it is replaced. */
export interface RemoteEntry {
  readonly value: string
  /** Of this very value: another write has another one, also after the key was gone meanwhile. */
  readonly version: string
}

/**
 * One connection to a store, or to all of its nodes. Every verb is one operation of the store: done or not done, and of many
 * callers at once one wins. What fails or is not answered throws; whether it was done is unknown then. Lifespans are in
 * milliseconds from now, null = without end.
 */
export interface RemoteConnection {
  get(cache: RemoteCacheName, key: string): Promise<RemoteEntry | null>
  /** @returns false when the key is there already */
  putIfAbsent(
    cache: RemoteCacheName,
    key: string,
    value: string,
    lifespanMs: number | null,
  ): Promise<boolean>
  /** @returns false when the key is gone, or has another version */
  replace(
    cache: RemoteCacheName,
    key: string,
    version: string,
    value: string,
    lifespanMs: number | null,
  ): Promise<boolean>
  /** @returns what was there; of many who remove a key one gets it */
  remove(cache: RemoteCacheName, key: string): Promise<string | null>
  ping(): Promise<void>
  /** Whether it was cut off: only another connection helps. */
  readonly lost: boolean
  /** Ends it at once, with whatever waits for an answer. */
  destroy(): void
}

/** Opens connections. @throws RemoteStoreRefused when the store cannot be used as the settings say, whatever failed otherwise */
export type OpenRemoteConnection = () => Promise<RemoteConnection>

/** The store is there, and the settings do not fit it: credentials, TLS, version, kind. */
export class RemoteStoreRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RemoteStoreRefused'
  }
}

/** The store has answered that it cannot get at what it keeps of one cache; other caches, and the connection, are as before. */
export class RemoteCacheDegraded extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RemoteCacheDegraded'
  }
}
