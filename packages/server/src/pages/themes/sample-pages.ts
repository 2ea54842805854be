import type { LoginPageId, LoginPageOf } from '../../domains/flows/engine/login-page.ts'
import { renderConsent } from '../login/render-consent.ts'
import { renderError } from '../login/render-error.ts'
import { renderFrontchannelLogout } from '../login/render-frontchannel-logout.ts'
import { renderInfo } from '../login/render-info.ts'
import { renderLogoutConfirm } from '../login/render-logout-confirm.ts'
import { renderPageExpired } from '../login/render-page-expired.ts'
import { type PageSurroundings, renderLoginPage } from '../login-pages.ts'
import type { PageContext } from '../page-context.ts'

/** What a step or action shows, by state: the usual one, and those in which the page looks different. */
type Samples = {
  readonly [Id in LoginPageId]: Readonly<Record<string, Omit<LoginPageOf<Id>, 'page'>>>
}

const request = {
  challenge: 'Y2hhbGxlbmdl',
  rpId: 'localhost',
  userVerification: 'preferred',
  createTimeoutSeconds: 0,
  mediation: 'conditional',
  attachment: 'not specified',
  keyIds: null,
} as const
const field = (name: string, required: boolean) => ({
  name,
  displayName: `\${${name}}`,
  required,
  readOnly: false,
  multivalued: false,
  values: [],
})
const fields = [
  field('username', true),
  field('email', true),
  field('firstName', false),
  field('lastName', false),
]
const error = (key: string) => ({ message: { kind: 'error', key } as const })
const policy = { type: 'totp', algorithm: 'HmacSHA1', digits: 6, period: 30, counter: 0 } as const
const totp = {
  secret: 'secret',
  secretBase32: 'ONSWG4TFOQ',
  keyUri: 'otpauth://totp/Sample:alice?secret=ONSWG4TFOQ',
  policy,
  supportedApps: ['totpAppFreeOTPName', 'totpAppGoogleName'],
  userLabel: '',
  labelRequired: false,
  logoutSessions: true,
}

/** Every page of a login, in every state that looks different; the compiler asks for a new page's line. */
export const samplePages: Samples = {
  login: {
    usual: { username: '', userKnown: false },
    wrong: {
      username: 'alice',
      userKnown: false,
      fieldErrors: { username: { key: 'invalidUserMessage' } },
    },
    'signed in before': { username: 'alice', userKnown: true },
  },
  username: {
    usual: { username: '' },
    wrong: { username: 'alice', fieldErrors: { username: { key: 'invalidUserMessage' } } },
  },
  password: { usual: {}, wrong: { fieldErrors: { password: { key: 'invalidPasswordMessage' } } } },
  otp: {
    usual: { devices: [{ credentialId: '1', label: 'phone' }], selectedCredentialId: undefined },
    'several devices': {
      devices: [
        { credentialId: '1', label: 'phone' },
        { credentialId: '2', label: 'tablet' },
      ],
      selectedCredentialId: '2',
    },
    wrong: {
      devices: [],
      selectedCredentialId: undefined,
      fieldErrors: { totp: { key: 'invalidTotpMessage' } },
    },
  },
  'recovery-code': {
    usual: { codeNumber: 3 },
    wrong: { codeNumber: 3, ...error('invalidTotpMessage') },
  },
  'select-authenticator': {
    usual: {
      choices: ['password', 'otp', 'webauthn'].map((name) => ({
        executionId: name,
        displayNameKey: `${name}-display-name`,
        helpTextKey: `${name}-help-text`,
      })),
    },
  },
  'select-organization': {
    usual: {
      organizations: [
        { alias: 'acme', name: 'Acme' },
        { alias: 'globex', name: 'Globex' },
      ],
    },
  },
  'webauthn-authenticate': {
    usual: {
      request,
      devices: [
        { keyId: 'a2V5', label: 'Security key', createdAt: 1_760_000_000_000, transports: ['usb'] },
      ],
    },
    'no key listed': { request, devices: [] },
  },
  'webauthn-error': { usual: { execution: 'e', ...error('webauthn-error-api-get') } },
  'webauthn-register': {
    usual: {
      creation: {
        challenge: 'Y2hhbGxlbmdl',
        userId: 'YWxpY2U',
        username: 'alice',
        rpEntityName: 'Sample',
        rpId: 'localhost',
        algorithms: [-7],
        attestation: 'none',
        attachment: 'not specified',
        residentKey: 'not specified',
        requireResidentKey: 'not specified',
        userVerification: 'preferred',
        createTimeoutSeconds: 0,
        excludedKeyIds: [],
      },
      retry: false,
      logoutSessions: true,
    },
  },
  register: {
    usual: { fields, passwordRequired: true, termsAcceptanceRequired: false },
    wrong: {
      fields,
      passwordRequired: true,
      termsAcceptanceRequired: true,
      fieldErrors: {
        username: { key: 'missingUsernameMessage' },
        'password-confirm': { key: 'invalidPasswordConfirmMessage' },
      },
    },
  },
  'reset-password': { usual: { username: '', duplicateEmailsAllowed: false } },
  'sent-code': {
    usual: { channel: 'email', address: 'a•••@example.org' },
    wrong: {
      channel: 'sms',
      address: '•••42',
      fieldErrors: { code: { key: 'invalidSentCodeMessage' } },
    },
    'a link': { channel: 'link', address: 'a•••@example.org' },
  },
  'reset-otp': { usual: { devices: [{ credentialId: '1', label: 'phone' }] } },
  'verify-email': { usual: { email: 'alice@example.org', sent: true } },
  'update-email': { usual: { email: 'alice@example.org', logoutSessions: true } },
  'update-email-sent': { usual: { email: 'alice@example.org' } },
  'recovery-codes': {
    usual: {
      codes: ['KTZKVIUBQRBK', 'VAZXK8H3DB8V', 'M2X5Q7R9T1W3'],
      generatedAt: 1_760_000_000_000,
      logoutSessions: true,
    },
  },
  'delete-account': { usual: {} },
  'delete-credential': { usual: { label: 'phone' } },
  'update-password': {
    usual: { logoutSessions: true },
    wrong: {
      logoutSessions: true,
      fieldErrors: { 'password-confirm': { key: 'notMatchPasswordMessage' } },
    },
  },
  'update-profile': { usual: { fields } },
  terms: { usual: {} },
  'x509-confirm': { usual: { subject: 'CN=Alice,O=Sample', username: 'alice' } },
  'config-totp': {
    usual: { ...totp, mode: 'barcode' },
    'without camera': { ...totp, mode: 'manual' },
    wrong: { ...totp, mode: 'barcode', fieldErrors: { totp: { key: 'invalidTotpMessage' } } },
  },
}

const here = '#'
const around: PageSurroundings = {
  action: here,
  usernameKind: 'usernameOrEmail',
  rememberMe: false,
  registrationUrl: here,
  resetPasswordUrl: here,
  loginUrl: here,
  tryAnotherWay: true,
  attemptedUser: { username: 'alice', restartUrl: here },
}

/** Pages that no step shows, by name. */
const otherPages: Readonly<Record<string, (context: PageContext) => string>> = {
  consent: (context) =>
    renderConsent(context, {
      action: here,
      code: '',
      clientName: 'Sample application',
      clientTermsUrl: here,
      clientPolicyUrl: here,
      scopes: [{ text: '${profileScopeConsentText}' }, { text: '${emailScopeConsentText}' }],
    }),
  error: (context) =>
    renderError(context, { message: { key: 'expiredCodeMessage' }, clientUrl: here }),
  'frontchannel-logout': (context) =>
    renderFrontchannelLogout(context, { clients: [], continueUrl: here }),
  info: (context) =>
    renderInfo(context, { message: { key: 'accountUpdatedMessage' }, clientUrl: here }),
  'logout-confirm': (context) => renderLogoutConfirm(context, { action: here, sessionCode: '' }),
  'page-expired': (context) => renderPageExpired(context, { restartUrl: here, continueUrl: here }),
}

/** @returns every page with its states */
export function sampleStates(): (readonly [page: string, states: readonly string[]])[] {
  const pages = Object.entries(samplePages).map(
    ([page, states]) => [page, Object.keys(states)] as const,
  )
  return [...pages, ...Object.keys(otherPages).map((page) => [page, ['usual']] as const)]
}

/** @returns the HTML of a page in a state; undefined when there is no such page or state */
export async function renderSample(
  context: PageContext,
  page: string,
  state: string,
): Promise<string | undefined> {
  if (Object.hasOwn(otherPages, page) && state === 'usual') return otherPages[page]?.(context)
  const states = Object.hasOwn(samplePages, page) ? samplePages[page as LoginPageId] : {}
  const model = Object.entries(states).find(([name]) => name === state)?.[1]
  if (model === undefined) return undefined
  return await renderLoginPage(context, { ...model, page } as LoginPageOf<LoginPageId>, around)
}
