import type { CacheSettings } from '@holdfast/cluster'

/** @returns the effective configuration of a cache as one line of the log: what is not said does not apply */
export function cacheLine(cache: CacheSettings): string {
  const { name, type, owners, maxCount, lifespanMs, maxIdleMs, known } = cache
  const parts = [
    `type=${type}`,
    ...(owners === null ? [] : [`owners=${owners}`]),
    `max-count=${maxCount ?? 'unbounded'}`,
    ...(lifespanMs === null ? [] : [`lifespan=${lifespanMs}ms`]),
    ...(maxIdleMs === null ? [] : [`max-idle=${maxIdleMs}ms`]),
    ...(known ? [] : ['from the configuration file; nothing here uses it']),
  ]
  return `Cache '${name}': ${parts.join(', ')}`
}
