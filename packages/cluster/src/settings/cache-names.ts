/** How a cache relates to the other nodes: the words of Infinispan's configuration. */
export type CacheType = 'local' | 'invalidation' | 'replicated' | 'distributed'

/** The effective configuration of one cache. */
export interface CacheSettings {
  readonly name: string
  readonly type: CacheType
  /** Copies over the cluster; null where the type has none. */
  readonly owners: number | null
  /** Entries on this node; null = unbounded. */
  readonly maxCount: number | null
  /** Longest time in the cache since the fill, milliseconds; null = as long as it is true. */
  readonly lifespanMs: number | null
  /** Longest time without a use, milliseconds; null = no limit. */
  readonly maxIdleMs: number | null
  /** Whether Keycloak knows it; false for one that the configuration file adds. */
  readonly known: boolean
}

interface CacheDefault {
  readonly settings: CacheSettings
  /** The option that bounds it; null for caches that must not be bounded: an evicted entry would be lost or reusable. */
  readonly maxCountOption: string | null
}

const hourMs = 3_600_000
const bound = 10_000

function cache(
  name: string,
  type: CacheType,
  given: Partial<CacheSettings>,
  maxCountOption: string | null,
): CacheDefault {
  const none = { owners: null, maxCount: null, lifespanMs: null, maxIdleMs: null }
  return { settings: { name, type, ...none, ...given, known: true }, maxCountOption }
}

const option = (words: string) => `cache-embedded-${words}-max-count`

/** Keycloak's caches (facts: keycloak-operations §2), in the order of its documentation. */
export const cacheDefaults: readonly CacheDefault[] = [
  cache('realms', 'invalidation', { maxCount: bound, lifespanMs: hourMs }, option('realms')),
  cache('users', 'invalidation', { maxCount: bound, lifespanMs: hourMs }, option('users')),
  cache(
    'authorization',
    'invalidation',
    { maxCount: bound, lifespanMs: hourMs },
    option('authorization'),
  ),
  cache('keys', 'local', { maxCount: 1_000, maxIdleMs: hourMs }, option('keys')),
  cache('crl', 'local', { maxCount: 1_000 }, option('crl')),
  cache('work', 'replicated', {}, null),
  cache('authenticationSessions', 'distributed', { owners: 2 }, null),
  cache('sessions', 'distributed', { owners: 1, maxCount: bound }, option('sessions')),
  cache('clientSessions', 'distributed', { owners: 1, maxCount: bound }, option('client-sessions')),
  cache(
    'offlineSessions',
    'distributed',
    { owners: 1, maxCount: bound },
    option('offline-sessions'),
  ),
  cache(
    'offlineClientSessions',
    'distributed',
    { owners: 1, maxCount: bound },
    option('offline-client-sessions'),
  ),
  cache('loginFailures', 'distributed', { owners: 2 }, null),
  cache('actionTokens', 'distributed', { owners: 2 }, null),
]

/** A cache setting that cannot be honoured: stops the start with this one line. */
export class CacheSettingRefused extends Error {}
