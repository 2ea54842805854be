import type { Realm } from '../realms/realm.ts'

/** Required actions that Keycloak has: others are not put on a user's list. */
const requiredActionIds: ReadonlySet<string> = new Set([
  'CONFIGURE_TOTP',
  'webauthn-register-passwordless',
  'UPDATE_PASSWORD',
  'TERMS_AND_CONDITIONS',
  'update_user_locale',
  'idp_link',
  'VERIFY_EMAIL',
  'delete_account',
  'UPDATE_EMAIL',
  'webauthn-register',
  'VERIFY_PROFILE',
  'delete_credential',
  'CONFIGURE_RECOVERY_AUTHN_CODES',
  'UPDATE_PROFILE',
])

/**
 * @param present what is on the user's list; what is not known on it stays
 * @returns the list as asked for, without actions that do not exist
 */
export function changedActions(present: readonly string[], asked: readonly string[]): string[] {
  const unknown = present.filter((id) => !requiredActionIds.has(id))
  return [...new Set([...unknown, ...asked.filter((id) => requiredActionIds.has(id))])]
}

/** @returns the actions that the realm gives to every new user */
export function defaultActionsOf({ settings }: Pick<Realm, 'settings'>): string[] {
  const given = settings.requiredActions.filter((each) => each.enabled && each.defaultAction)
  return given.map(({ alias }) => alias)
}
