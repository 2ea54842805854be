import type { BriefRealm, Realm } from '../../../domains/realms/realm.ts'
import { isShownWithRealm } from '../../../domains/realms/realm-members.ts'
import { shownMembers } from '../../../domains/realms/secret-members.ts'

/** Of the realm, what administrators see who may neither view nor manage it. */
const publicMembers = [
  'displayName',
  'displayNameHtml',
  'registrationEmailAsUsername',
  'bruteForceProtected',
  'supportedLocales',
  'defaultLocale',
  'internationalizationEnabled',
  'organizationsEnabled',
  'adminPermissionsEnabled',
]

/** @returns Keycloak's RealmRepresentation as `GET /admin/realms/{realm}` shows it, secrets masked */
export function realmRepresentation(realm: Realm, defaultRole: unknown) {
  const members = Object.entries(realm.settings).filter(([name]) => isShownWithRealm(name))
  return {
    id: realm.id,
    realm: realm.name,
    ...Object.fromEntries(members),
    enabled: realm.enabled,
    smtpServer: shownMembers(
      'smtpServer',
      (realm.settings['smtpServer'] ?? {}) as Record<string, string>,
    ),
    ...(defaultRole === undefined ? {} : { defaultRole }),
  }
}

/** @returns the brief representation of listings */
export function briefRealm({ id, name, enabled, displayName, displayNameHtml }: BriefRealm) {
  return {
    id,
    realm: name,
    ...(displayName === null ? {} : { displayName }),
    ...(displayNameHtml === null ? {} : { displayNameHtml }),
    enabled,
  }
}

/** @returns what the console of an administrator without view-realm needs */
export function restrictedRealm(realm: Realm) {
  const members = publicMembers.flatMap((name) =>
    realm.settings[name] === undefined ? [] : [[name, realm.settings[name]]],
  )
  return { realm: realm.name, ...Object.fromEntries(members) }
}
