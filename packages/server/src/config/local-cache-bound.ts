import type { SettingValues } from './setting-values.ts'

/**
 * How many entries `cache-embedded-…-max-count` allows a cache that every node keeps for itself: public keys that others
 * publish, and certificate revocation lists.
 * @returns undefined where nobody said, or wanted no bound, which there always is (as in Keycloak)
 */
export function localCacheBound(values: SettingValues, cache: 'keys' | 'crl'): number | undefined {
  const count = values.integer(`cache-embedded-${cache}-max-count`)
  return count === undefined || count <= 0 ? undefined : count
}
