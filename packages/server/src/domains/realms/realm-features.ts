import type { Realm, RealmSettings } from './realm.ts'

/** Features that something asks a realm for, by the names of Keycloak's profile. */
const known = [
  'ACCOUNT_V3',
  'ADMIN_FINE_GRAINED_AUTHZ_V2',
  'CLIENT_POLICIES',
  'DPOP',
  'ORGANIZATION',
  'PASSKEYS',
] as const

export type RealmFeature = (typeof known)[number]

/** Settings that are off with their feature, whatever is stored, and stay what they were. */
const ofFeature: Partial<Readonly<Record<RealmFeature, keyof RealmSettings>>> = {
  ADMIN_FINE_GRAINED_AUTHZ_V2: 'adminPermissionsEnabled',
  ORGANIZATION: 'organizationsEnabled',
}

/**
 * @param features names of those that are on in this server
 * @returns those of a realm's that are off; undefined where all are on
 */
export function switchedOffIn(features: ReadonlySet<string>): ReadonlySet<string> | undefined {
  const off = known.filter((name) => !features.has(name))
  return off.length === 0 ? undefined : new Set(off)
}

/** @returns whether a feature is on: what a realm's settings say of one that is off stays stored and means nothing */
export function hasFeature(
  { switchedOff }: Pick<Realm, 'switchedOff'>,
  feature: RealmFeature,
): boolean {
  return switchedOff?.has(feature) !== true
}

/** @returns settings that nobody sees as stored, since their feature is off: they are false, as in Keycloak */
export function falseSettings(
  switchedOff: ReadonlySet<string> | undefined,
): Readonly<Record<string, false>> {
  const names = Object.entries(ofFeature).filter(([feature]) => switchedOff?.has(feature) === true)
  return Object.fromEntries(names.map(([, name]) => [name, false as const]))
}
