import { type Provider, property, provider } from '../provider.ts'

const maxAuthAge = property('max_auth_age', 'Maximum Age of Authentication', 'String', {
  default: 300,
})
const emailResendCooldownSeconds = property(
  'emailResendCooldownSeconds',
  'Cooldown Between Email Resend (seconds)',
  'String',
  { default: '30' },
)

/** What users are asked to do after a login. */
export const requiredActions: readonly Provider[] = [
  provider('CONFIGURE_RECOVERY_AUTHN_CODES', 'Recovery Authentication Codes', [
    property('warning_threshold', 'Warning Threshold', 'Integer', { default: 4 }),
    maxAuthAge,
  ]),
  provider('CONFIGURE_TOTP', 'Configure OTP', [
    maxAuthAge,
    property('add-recovery-codes', 'Add Recovery Codes', 'boolean', { default: false }),
  ]),
  provider('TERMS_AND_CONDITIONS', 'Terms and Conditions', [maxAuthAge]),
  provider('UPDATE_EMAIL', 'Update Email', [
    maxAuthAge,
    property('verifyEmail', 'Force Email Verification', 'boolean', { default: false }),
    emailResendCooldownSeconds,
  ]),
  provider('UPDATE_PASSWORD', 'Update Password', [maxAuthAge]),
  provider('UPDATE_PROFILE', 'Update Profile', [maxAuthAge]),
  provider('VERIFY_EMAIL', 'Verify Email', [maxAuthAge, emailResendCooldownSeconds]),
  provider('VERIFY_PROFILE', 'Verify Profile', [maxAuthAge]),
  provider('delete_account', 'Delete Account'),
  provider('delete_credential', 'Delete Credential', [maxAuthAge]),
  provider('idp_link', 'Linking Identity Provider', [maxAuthAge]),
  provider('update_user_locale', 'Update User Locale', [maxAuthAge]),
  provider('webauthn-register', 'Webauthn Register', [maxAuthAge]),
  provider('webauthn-register-passwordless', 'Webauthn Register Passwordless', [maxAuthAge]),
]
