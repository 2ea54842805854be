/** A version of Keycloak, to be compared number by number. */
export type KeycloakVersion = readonly [major: number, minor: number, micro: number]

/** The Keycloak inside each Red Hat Single Sign-On, whose exports name their own version. */
const insideRedHatSso: Readonly<Record<string, KeycloakVersion>> = {
  '7.0': [1, 9, 8],
  '7.1': [2, 5, 5],
  '7.2': [3, 4, 3],
  '7.3': [4, 8, 3],
  '7.4': [9, 0, 3],
  '7.5': [15, 0, 6],
  '7.6': [18, 0, 0],
}

/**
 * @param text the member `keycloakVersion` of an export
 * @returns its version; what is no version counts as the oldest, as in Keycloak
 */
export function keycloakVersion(text: string): KeycloakVersion {
  const redHat = /^(7\.\d)\.\d+\.GA/i.exec(text)?.[1]
  const inside = redHat === undefined ? undefined : insideRedHatSso[redHat]
  if (inside) return inside
  const [, major = '0', minor = '0', micro = '0'] =
    /^(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?/.exec(text) ?? []
  return [Number(major), Number(minor), Number(micro)]
}

/** @returns whether `version` comes before `other` */
export function isBefore(version: KeycloakVersion, other: KeycloakVersion): boolean {
  for (const [index, number] of version.entries()) {
    const against = other[index] ?? 0
    if (number !== against) return number < against
  }
  return false
}
