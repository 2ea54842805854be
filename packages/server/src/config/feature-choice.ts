import { type Feature, features, isPresent } from '../domains/providers/catalogue/features.ts'
import { editDistance } from './edit-distance.ts'
import { SettingError } from './setting-error.ts'
import type { SettingValues } from './setting-values.ts'

/** A feature as command lines name it. */
interface Named {
  readonly feature: Feature
  readonly key: string
  readonly version: number
}

/** Nobody may switch it off, as in Keycloak. */
const indispensable = 'hostname'
/** All of one type at once. */
const preview = 'preview'
const all: readonly Named[] = features.map((feature) => {
  const match = /^(.*)_V(\d)$/.exec(feature.name)
  const key = (match?.[1] ?? feature.name).toLowerCase().replaceAll('_', '-')
  return { feature, key, version: Number(match?.[2] ?? 1) }
})

/**
 * Which of Keycloak's features are on: those that it has on by default, what `features` and `feature-<name>` add, and without
 * what `features-disabled` and `feature-<name>` take away, and what depends on it.
 * @returns names as Keycloak's profile has them
 * @throws SettingError for one that there is not, as Keycloak stops then
 */
export function featureChoice(values: SettingValues): ReadonlySet<string> {
  const on = new Set<string>()
  const off = new Set<string>()
  for (const text of values.list('features')) add(on, text)
  for (const text of values.list('features-disabled')) takeAway(off, text)
  for (const [key, text] of values.family('feature-')) {
    if (text === 'disabled') takeAway(off, key)
    else add(on, text === 'enabled' ? key : `${key}:${text}`)
  }
  const both = all.find(({ feature: { name } }) => on.has(name) && off.has(name))
  if (both !== undefined) {
    throw new SettingError(`${both.key} is in both the enabled and disabled feature lists.`)
  }
  const chosen = features.filter(
    ({ name, type }) => (type === 'DEFAULT' || on.has(name)) && !off.has(name),
  )
  const enabled = withDependencies(new Set(chosen.map(({ name }) => name)), on)
  requireSessionsOfSites(enabled)
  warnOf(values, on)
  return enabled
}

function add(on: Set<string>, text: string): void {
  if (text === preview) {
    for (const { name, type } of features) if (type === 'PREVIEW') on.add(name)
    return
  }
  const [key = '', version] = text.split(':', 2)
  const named = versionsOf(key)
  const wanted =
    version === undefined ? named.at(-1) : named.find((one) => `v${one.version}` === version)
  if (wanted === undefined) {
    const known = named.map((one) => one.version).join(', ')
    throw new SettingError(
      `Feature '${key}' has an unrecognized feature version, it should be one of [${known}]`,
    )
  }
  on.add(wanted.feature.name)
}

function takeAway(off: Set<string>, key: string): void {
  if (key === preview) {
    for (const { name, type } of features) if (type === 'PREVIEW') off.add(name)
    return
  }
  const named = versionsOf(key)
  if (key === indispensable) throw new SettingError(`Feature ${key} cannot be disabled.`)
  for (const { feature } of named) off.add(feature.name)
}

/** @throws SettingError when there is none of that name */
function versionsOf(key: string): readonly Named[] {
  const named = all.filter((one) => one.key === key)
  if (named.length > 0) return named.toSorted((a, b) => a.version - b.version)
  const similar = all
    .map((one) => ({ key: one.key, distance: editDistance(key, one.key) }))
    .toSorted((a, b) => a.distance - b.distance)[0]
  throw new SettingError(`'${key}' is an unrecognized feature. Did you mean: ${similar?.key}?`)
}

/** What depends on something that is off is off too; it stops the start where somebody asked for it. */
function withDependencies(enabled: Set<string>, asked: ReadonlySet<string>): ReadonlySet<string> {
  for (;;) {
    const orphan = features.find(
      ({ name, dependencies }) =>
        enabled.has(name) && dependencies.some((other) => !enabled.has(other)),
    )
    if (orphan === undefined) return enabled
    if (asked.has(orphan.name)) {
      const missing = orphan.dependencies.find((other) => !enabled.has(other))
      throw new SettingError(
        `Feature ${keyOf(orphan.name)} depends on disabled feature ${keyOf(missing ?? '')}`,
      )
    }
    enabled.delete(orphan.name)
  }
}

/** Sites share sessions through the database's standby, which volatile ones never reach. */
function requireSessionsOfSites(enabled: ReadonlySet<string>): void {
  if (enabled.has('PERSISTENT_USER_SESSIONS')) return
  const sites = ['MULTI_SITE', 'STATELESS'].find((name) => enabled.has(name))
  if (sites === undefined) return
  throw new SettingError(
    `The feature ${keyOf(sites)} needs the feature persistent-user-sessions: take it out of features-disabled`,
  )
}

function warnOf(values: SettingValues, on: ReadonlySet<string>): void {
  for (const name of on) {
    if (isPresent({ name })) continue
    values.warn(`The feature ${keyOf(name)} is not there yet: switching it on has no effect`)
  }
}

function keyOf(name: string): string {
  return all.find(({ feature }) => feature.name === name)?.key ?? name
}

/** What switching does, by the names of command lines. */
export function featureKinds(): Readonly<
  Record<'switched' | 'always' | 'absent', readonly string[]>
> {
  const keys = (those: (name: string) => boolean) =>
    all.filter(({ feature }) => those(feature.name)).map(({ key, version }) => `${key}:v${version}`)
  const isAlways = (name: string) => isPresent({ name }) && name.startsWith('HOSTNAME')
  return {
    switched: keys((name) => isPresent({ name }) && !isAlways(name)),
    always: keys(isAlways),
    absent: keys((name) => !isPresent({ name })),
  }
}
