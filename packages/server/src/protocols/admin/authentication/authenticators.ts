import type { AuthenticationExecution } from '../../../domains/realms/realm.ts'

type Requirement = AuthenticationExecution['requirement']

/** How an authenticator is shown in flows. */
export interface AuthenticatorEntry {
  readonly displayName: string
  readonly requirementChoices: readonly Requirement[]
  readonly configurable: boolean
}

const any: readonly Requirement[] = ['REQUIRED', 'ALTERNATIVE', 'DISABLED']
const onOrOff: readonly Requirement[] = ['REQUIRED', 'DISABLED']
const always: readonly Requirement[] = ['REQUIRED']
/** What a nested flow may be. */
export const flowChoices: readonly Requirement[] = [...any, 'CONDITIONAL']
/** What a form inside a flow may be. */
export const formChoices = onOrOff

type Row = readonly [displayName: string, choices: readonly Requirement[], configurable?: true]

/** Keycloak's authenticators by id, whether or not they act here yet. */
const rows: Readonly<Record<string, Row>> = {
  'allow-access-authenticator': ['Allow access', any],
  'auth-conditional-otp-form': ['Conditional OTP Form', any],
  'auth-cookie': ['Cookie', any],
  'auth-otp-form': ['OTP Form', any],
  'auth-password-form': ['Password Form', any],
  'auth-recovery-authn-code-form': ['Recovery Authentication Code Form', any],
  'auth-spnego': ['Kerberos', any],
  'auth-username-form': ['Username Form', always],
  'auth-username-password-form': ['Username Password Form', always],
  'auth-x509-client-username-form': ['X509/Validate Username Form', any],
  'client-jwt': ['Signed JWT', any],
  'client-secret': ['Client Id and Secret', any],
  'client-secret-jwt': ['Signed JWT with Client Secret', any],
  'client-x509': ['X509 Certificate', any],
  'conditional-client-scope': ['Condition - client scope', onOrOff],
  'conditional-credential': ['Condition - credential', onOrOff, true],
  'conditional-level-of-authentication': ['Condition - Level of Authentication', onOrOff, true],
  'conditional-sub-flow-executed': ['Condition - sub-flow executed', onOrOff],
  'conditional-user-attribute': ['Condition - user attribute', onOrOff],
  'conditional-user-configured': ['Condition - user configured', onOrOff],
  'conditional-user-role': ['Condition - user role', onOrOff, true],
  'deny-access-authenticator': ['Deny access', any],
  'direct-grant-auth-x509-username': ['X509/Validate Username', any],
  'direct-grant-validate-otp': ['OTP', any],
  'direct-grant-validate-password': ['Password', any],
  'direct-grant-validate-username': ['Username Validation', any],
  'docker-http-basic-authenticator': ['Docker Authenticator', any],
  'federated-jwt': ['Signed JWT - Federated', any],
  'http-basic-authenticator': ['HTTP Basic Authentication', any],
  'identity-provider-redirector': ['Identity Provider Redirector', any, true],
  'idp-add-organization-member': ['Organization Member Onboard', any],
  'idp-auto-link': ['Automatically set existing user', any],
  'idp-confirm-link': ['Confirm link existing account', any],
  'idp-confirm-override-link': ['Confirm override existing link', any],
  'idp-create-user-if-unique': ['Create User If Unique', any, true],
  'idp-detect-existing-broker-user': ['Detect existing broker user', any],
  'idp-email-verification': ['Verify existing account by Email', any],
  'idp-review-profile': ['Review Profile', any, true],
  'idp-username-password-form': [
    'Username Password Form for identity provider reauthentication',
    always,
  ],
  organization: ['Organization Identity-First Login', any, true],
  'registration-page-form': ['Registration Page', onOrOff],
  'registration-password-action': ['Password Validation', onOrOff, true],
  'registration-recaptcha-action': ['reCAPTCHA', onOrOff, true],
  'registration-recaptcha-enterprise': ['reCAPTCHA Enterprise', onOrOff],
  'registration-terms-and-conditions': ['Terms and conditions', onOrOff],
  'registration-user-creation': ['Registration User Profile Creation', onOrOff],
  'reset-credential-email': ['Send Reset Email', any],
  'reset-credentials-choose-user': ['Choose User', any],
  'reset-otp': ['Reset OTP', any],
  'reset-password': ['Reset Password', any],
  'user-session-limits': ['User session count limiter', any],
  'webauthn-authenticator': ['WebAuthn Authenticator', any],
  'webauthn-authenticator-passwordless': ['WebAuthn Passwordless Authenticator', any],
}

/** @returns how an authenticator is shown; unknown ones by their id */
export function authenticatorEntry(id: string): AuthenticatorEntry {
  const [displayName, requirementChoices, configurable = false] = rows[id] ?? [id, any]
  return { displayName, requirementChoices, configurable }
}
