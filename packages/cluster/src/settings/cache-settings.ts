import type { CacheFile } from './cache-file.ts'
import { CacheSettingRefused, type CacheSettings, cacheDefaults } from './cache-names.ts'

export interface CacheSettingsSources {
  /** Value of `cache-embedded-<name>-max-count` by option name, as far as given. */
  readonly maxCounts: Readonly<Record<string, number>>
  /** `cache-config-file`, parsed; null without one. */
  readonly file: CacheFile | null
  /** `cache-config-mutate`. */
  readonly mutate: boolean
  /** `spi-cache-embedded--default--<cache>-{lifespan,owners,max-count}`, by cache name. Lifespans in ms, ≤ 0 = none. */
  readonly spi?: Readonly<
    Record<string, { lifespanMs?: number; owners?: number; maxCount?: number }>
  >
  /** False when user sessions live in memory alone (`features-disabled=persistent-user-sessions`). */
  readonly persistentSessions: boolean
}

export interface EffectiveCaches {
  readonly caches: readonly CacheSettings[]
  /** What the operator should know, one line each. */
  readonly warnings: readonly string[]
}

/**
 * The configuration of every cache from defaults, configuration file, SPI options and `max-count` options, the later ones
 * first.
 * @throws CacheSettingRefused for what would make once-only objects or counters forgettable
 */
export function effectiveCaches(sources: CacheSettingsSources): EffectiveCaches {
  const warnings: string[] = []
  const caches = cacheDefaults.map(({ settings, maxCountOption }) => {
    const volatile = volatileSession(settings.name, sources)
    const base = volatile ? { ...settings, maxCount: null, owners: 2 } : settings
    const fromFile = applyFile(base, sources, warnings)
    const fromSpi = applySpi(fromFile, sources, maxCountOption)
    return applyMaxCount(fromSpi, maxCountOption, volatile, sources, warnings)
  })
  for (const cache of caches) requireOwners(cache)
  const known = new Set(caches.map(({ name }) => name))
  const extra = (sources.file?.caches ?? []).filter(({ name }) => !known.has(name))
  return { caches: [...caches, ...extra.map(extraCache)], warnings }
}

function volatileSession(name: string, { persistentSessions }: CacheSettingsSources): boolean {
  return !persistentSessions && (name === 'sessions' || name === 'clientSessions')
}

function applyFile(
  settings: CacheSettings,
  { file, mutate }: CacheSettingsSources,
  warnings: string[],
): CacheSettings {
  const given = file?.caches.find(({ name }) => name === settings.name)
  if (given === undefined) return settings
  if (given.type !== settings.type && !isLocalForm(settings, given.type)) {
    throw new CacheSettingRefused(
      `cache "${settings.name}" must be ${settings.type}, the configuration file says ${given.type}`,
    )
  }
  const changed = {
    ...settings,
    owners: given.owners ?? settings.owners,
    maxCount: given.maxCount ?? settings.maxCount,
    lifespanMs: given.lifespanMs ?? settings.lifespanMs,
    maxIdleMs: given.maxIdleMs ?? settings.maxIdleMs,
  }
  if (given.maxCount !== null) requireBoundable(settings.name)
  if (!mutate && JSON.stringify(changed) !== JSON.stringify(settings)) {
    warnings.push(
      `The configuration file changes the default cache "${settings.name}"; ` +
        'set cache-config-mutate=true if that is meant',
    )
  }
  return changed
}

/** Keycloak's file lists realms, users and authorization as local caches; invalidation is how they are kept true. */
function isLocalForm(settings: CacheSettings, type: CacheSettings['type']): boolean {
  return settings.type === 'invalidation' && type === 'local'
}

function applySpi(
  settings: CacheSettings,
  { spi }: CacheSettingsSources,
  maxCountOption: string | null,
): CacheSettings {
  const given = spi?.[settings.name]
  if (given === undefined) return settings
  if (given.maxCount !== undefined && maxCountOption === null) requireBoundable(settings.name)
  const { lifespanMs } = given
  return {
    ...settings,
    ...(given.owners === undefined ? {} : { owners: given.owners }),
    ...(given.maxCount === undefined ? {} : { maxCount: given.maxCount }),
    ...(lifespanMs === undefined ? {} : { lifespanMs: lifespanMs > 0 ? lifespanMs : null }),
  }
}

function applyMaxCount(
  settings: CacheSettings,
  maxCountOption: string | null,
  volatile: boolean,
  { maxCounts }: CacheSettingsSources,
  warnings: string[],
): CacheSettings {
  if (maxCountOption === null) {
    if (Object.keys(maxCounts).includes(optionOf(settings.name))) requireBoundable(settings.name)
    return settings
  }
  const given = maxCounts[maxCountOption]
  if (given === undefined) return settings
  if (volatile) {
    warnings.push(`Ignoring ${maxCountOption}: volatile user sessions cannot be bounded`)
    return settings
  }
  if (given < 0) {
    const kept = settings.maxCount ?? 'unbounded'
    warnings.push(`Ignoring unbounded max-count for cache "${settings.name}"; it stays at ${kept}`)
    return settings
  }
  return { ...settings, maxCount: given }
}

function optionOf(name: string): string {
  return `cache-embedded-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-max-count`
}

function requireBoundable(name: string): void {
  if (!['actionTokens', 'authenticationSessions', 'loginFailures', 'work'].includes(name)) return
  throw new CacheSettingRefused(
    `cache "${name}" cannot have a max-count: an entry evicted from it would be forgotten, not reloaded`,
  )
}

function requireOwners({ name, owners }: CacheSettings): void {
  if (owners !== null && owners < 1) {
    throw new CacheSettingRefused(`cache "${name}" needs at least 1 owner, not ${owners}`)
  }
  const atLeastTwo = ['actionTokens', 'authenticationSessions', 'loginFailures']
  if (atLeastTwo.includes(name) && owners !== null && owners < 2) {
    throw new CacheSettingRefused(`cache "${name}" needs at least 2 owners, not ${owners}`)
  }
}

function extraCache(given: CacheFile['caches'][number]): CacheSettings {
  const { name, type, owners, maxCount, lifespanMs, maxIdleMs } = given
  return { name, type, owners, maxCount, lifespanMs, maxIdleMs, known: false }
}
