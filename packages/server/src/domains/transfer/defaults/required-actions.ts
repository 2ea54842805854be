import type { RequiredAction } from '../../realms/realm.ts'

const actions: readonly (readonly [
  alias: string,
  name: string,
  priority: number,
  enabled?: false,
])[] = [
  ['TERMS_AND_CONDITIONS', 'Terms and Conditions', 20, false],
  ['UPDATE_PROFILE', 'Update Profile', 40],
  ['VERIFY_EMAIL', 'Verify Email', 50],
  ['CONFIGURE_TOTP', 'Configure OTP', 54],
  ['UPDATE_PASSWORD', 'Update Password', 57],
  ['delete_account', 'Delete Account', 60, false],
  ['UPDATE_EMAIL', 'Update Email', 70, false],
  ['webauthn-register', 'Webauthn Register', 80],
  ['webauthn-register-passwordless', 'Webauthn Register Passwordless', 90],
  ['VERIFY_PROFILE', 'Verify Profile', 100],
  ['delete_credential', 'Delete Credential', 110],
  ['idp_link', 'Linking Identity Provider', 120],
  ['CONFIGURE_RECOVERY_AUTHN_CODES', 'Recovery Authentication Codes', 130],
  ['update_user_locale', 'Update User Locale', 1000],
]

/** The required actions of a new realm (Keycloak 26.7). */
export function defaultRequiredActions(): RequiredAction[] {
  return actions.map(([alias, name, priority, enabled = true]) => ({
    alias,
    name,
    providerId: alias,
    enabled,
    defaultAction: false,
    priority,
    config: {},
  }))
}
