import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Realm } from '../domains/realms/realm.ts'
import { renderConsent } from './login/render-consent.ts'
import { renderError } from './login/render-error.ts'
import { renderFrontchannelLogout } from './login/render-frontchannel-logout.ts'
import { renderInfo } from './login/render-info.ts'
import { renderLogin } from './login/render-login.ts'
import { renderLoginOtp } from './login/render-login-otp.ts'
import { renderLoginUsername } from './login/render-login-username.ts'
import { renderLogoutConfirm } from './login/render-logout-confirm.ts'
import { renderPageExpired } from './login/render-page-expired.ts'
import { renderResetPassword } from './login/render-reset-password.ts'
import { renderSelectAuthenticator } from './login/render-select-authenticator.ts'
import { renderSelectOrganization } from './login/render-select-organization.ts'
import { renderWebauthnAuthenticate } from './login/render-webauthn-authenticate.ts'
import { renderWebauthnError } from './login/render-webauthn-error.ts'
import { LoginResources } from './login-resources.ts'
import { ThemeTexts } from './messages/theme-texts.ts'
import { Pages } from './pages.ts'
import { renderConfigTotp } from './required-actions/render-config-totp.ts'
import { renderDeleteCredential } from './required-actions/render-delete-credential.ts'
import { renderRecoveryCodes } from './required-actions/render-recovery-codes.ts'
import { renderRegister } from './required-actions/render-register.ts'
import { renderTerms } from './required-actions/render-terms.ts'
import { renderUpdatePassword } from './required-actions/render-update-password.ts'
import { renderUpdateProfile } from './required-actions/render-update-profile.ts'
import { renderVerifyEmail } from './required-actions/render-verify-email.ts'
import { renderWebauthnRegister } from './required-actions/render-webauthn-register.ts'

interface RecordedPage {
  readonly title: string
  readonly headings: readonly [string, string][]
  readonly body: { readonly 'data-page-id': string }
  readonly forms: readonly Record<string, string>[]
  readonly elements: readonly Record<string, string | boolean>[]
  readonly labels: Readonly<Record<string, string>>
  readonly messages: readonly Record<string, string>[]
}

function recorded(name: string): RecordedPage {
  const file = `${import.meta.dirname}/../../tests/fixtures/pages/${name}.json`
  return JSON.parse(readFileSync(file, 'utf8')) as RecordedPage
}

const translations = join(import.meta.dirname, '../../../translations/texts')
const pages = new Pages({
  resources: new LoginResources(new Map()),
  texts: new ThemeTexts(translations),
})
const serverUrl = 'http://localhost:8080'
const settings = {
  displayName: 'Acme',
  displayNameHtml: '<b>Acme</b> Corp',
  internationalizationEnabled: true,
  supportedLocales: ['de', 'en', 'fr'],
}
const acme = { name: 'acme', settings } as unknown as Realm
const fresh = {
  name: 'fresh',
  settings: { internationalizationEnabled: false },
} as unknown as Realm
const localeUrl = (locale: string) => `?kc_locale=${locale}`
const context = pages.context({ realm: acme, serverUrl, localeUrl })
const german = pages.context({ realm: acme, serverUrl, locale: 'de', localeUrl })
const plain = pages.context({ realm: fresh, serverUrl })

const action = '/login-actions/authenticate?session_code=c'
const known = (username: string) => ({
  action,
  attemptedUser: { username, restartUrl: '/restart' },
})
const policy = {
  type: 'totp',
  algorithm: 'HmacSHA1',
  digits: 6,
  period: 30,
  initialCounter: 0,
} as const
const totp = {
  action,
  otherModeUrl: '/m',
  secret: 's',
  secretBase32: 'HFDU',
  qrCode: 'x',
  policy,
  supportedApps: ['totpAppFreeOTPName'],
}
const usernameKind = 'usernameOrEmail'
const passkeys = {
  challenge: 'c',
  rpId: 'localhost',
  userVerification: 'preferred',
  createTimeoutSeconds: 0,
  mediation: 'conditional',
  attachment: 'not specified',
  keyIds: null,
} as const
const invalidUser = { key: 'invalidUserMessage' }

const rendered: Record<string, string> = {
  'login-username-password': renderLogin(plain, { action, username: '', usernameKind }),
  'login-username-password.error': renderLogin(plain, {
    action,
    username: 'nobody',
    usernameKind,
    fieldErrors: { username: invalidUser },
  }),
  'login-username': renderLoginUsername(context, {
    action,
    username: '',
    usernameKind,
    rememberMe: false,
    registrationUrl: '/r',
  }),
  'login-username.de': renderLoginUsername(german, {
    action,
    username: '',
    usernameKind,
    rememberMe: false,
    registrationUrl: '/r',
  }),
  'login-password.error': renderLogin(context, {
    ...known('alice'),
    username: 'alice',
    usernameKind,
    resetPasswordUrl: '/reset',
    fieldErrors: { password: invalidUser },
  }),
  'login-otp.error': renderLoginOtp(context, {
    ...known('erin'),
    devices: [{ credentialId: '26a6bc2f-517c-458b-8c46-d1bb84954c5f', label: '' }],
    message: { kind: 'error', key: 'invalidTotpMessage' },
  }),
  'select-authenticator': renderSelectAuthenticator(context, {
    ...known('ivan'),
    choices: ['password', 'webauthn-passwordless'].map((name) => ({
      executionId: name,
      displayNameKey: `${name}-display-name`,
      helpTextKey: `${name}-help-text`,
    })),
  }),
  'webauthn-authenticate': renderWebauthnAuthenticate(context, {
    ...known('heidi'),
    request: { ...passkeys, keyIds: ['YWNtZS13ZWJhdXRobi1jcmVkZW50aWFsLTAwMDE'] },
    devices: [{ label: 'Security key', createdAt: 1_760_000_000_000, transports: ['usb'] }],
    registrationUrl: '/register',
  }),
  'webauthn-authenticate.error': renderWebauthnError(context, {
    ...known('heidi'),
    execution: 'e',
    message: { kind: 'error', key: 'webauthn-error-api-get', params: [''] },
  }),
  'required-action.webauthn-register': renderWebauthnRegister(context, {
    action,
    creation: {},
    retry: false,
    logoutSessions: false,
  }),
  'kc-action.webauthn-register': renderWebauthnRegister(context, {
    action,
    creation: {},
    retry: false,
    logoutSessions: false,
    cancellable: true,
  }),
  'select-organization': renderSelectOrganization(context, {
    ...known('alice'),
    organizations: [
      { alias: 'initech', name: 'Initech' },
      { alias: 'globex', name: 'Globex' },
    ],
  }),
  'required-action.login-update-password.mismatch': renderUpdatePassword(context, {
    action,
    fieldErrors: { 'password-confirm': { key: 'notMatchPasswordMessage' } },
  }),
  'kc-action.UPDATE_PASSWORD': renderUpdatePassword(context, { action, cancellable: true }),
  'required-action.config-totp': renderConfigTotp(context, {
    ...totp,
    mode: 'barcode',
    message: { kind: 'warning', key: 'configureTotpMessage' },
  }),
  'required-action.login-config-totp.manual': renderConfigTotp(context, {
    ...totp,
    mode: 'manual',
  }),
  'required-action.update-profile': renderUpdateProfile(context, {
    action,
    fields: profile('username', 'firstName', 'lastName'),
    message: { kind: 'warning', key: 'updateProfileMessage' },
  }),
  'register.errors': renderRegister(context, {
    action,
    fields: profile('username', 'email', 'firstName', 'lastName'),
    passwordRequired: true,
    loginUrl: '/login',
    fieldErrors: { username: { key: 'missingUsernameMessage' } },
  }),
  'kc-action.CONFIGURE_RECOVERY_AUTHN_CODES': renderRecoveryCodes(context, {
    action,
    codes: ['KTZKVIUBQRBK', 'VAZXK8H3DB8V'],
    generatedAt: 1_795_250_440_984,
    logoutSessions: false,
    cancellable: true,
  }),
  'kc-action.delete_credential': renderDeleteCredential(context, {
    action,
    label: 'phone',
    cancellable: true,
  }),
  'required-action.terms': renderTerms(context, { action }),
  'required-action.verify-email': renderVerifyEmail(context, { action, email: 'judy@acme.test' }),
  'reset-password': renderResetPassword(context, {
    action,
    username: 'alice',
    usernameKind,
    loginUrl: '/login',
  }),
  consent: renderConsent(context, {
    action,
    code: 'c',
    clientName: 'Consent app',
    clientTermsUrl: 'https://acme.test/tos',
    clientPolicyUrl: 'https://acme.test/policy',
    scopes: [{ text: '${profileScopeConsentText}' }],
  }),
  'error.redirect-uri': renderError(context, {
    message: { key: 'invalidParameterMessage', params: ['redirect_uri'] },
  }),
  'error.cookie-not-found': renderError(context, { message: { key: 'cookieNotFoundMessage' } }),
  'error.unknown-realm': renderError(pages.context({ realm: null, serverUrl }), {
    message: { key: 'pageNotFound' },
  }),
  'page-expired.execution': renderPageExpired(context, { restartUrl: '/r', continueUrl: '/c' }),
  'logout-confirm': renderLogoutConfirm(context, { action, sessionCode: 'c' }),
  'logout-done': renderInfo(context, { message: { key: 'successLogout' } }),
  'frontchannel-logout': renderFrontchannelLogout(context, {
    clients: [{ name: 'Single page app', logoutUrl: 'https://spa.acme.test/fc' }],
    continueUrl: 'https://spa.acme.test/bye',
  }),
}

function profile(...names: string[]) {
  return names.map((name) => ({
    name,
    displayName: `\${${name}}`,
    required: true,
    readOnly: false,
    values: [],
  }))
}

/** Custom attributes of the recorded realm, identity providers and passkeys: not part of these renderings. */
const leftOut =
  /^(?:social-|authenticateWebAuthnButton|clientDataJSON|authenticatorData|signature|credentialId|userHandle|error|birthdate|website|nickname2|department|skills)/

const attributesCompared = [
  'name',
  'type',
  'autocomplete',
  'aria-label',
  'inputmode',
  'aria-invalid',
]

function tagOf(page: string, tag: string, id: string): string | undefined {
  return [...page.matchAll(new RegExp(`<(?:${tag}|a|input)\\b[^>]*>`, 'g'))]
    .map(([text]) => text)
    .find((text) => text.includes(` id="${id}"`))
}

function textOf(page: string): string {
  const entities: Record<string, string> = { '&#39;': "'", '&quot;': '"', '&amp;': '&' }
  return page
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;|&quot;|&amp;/g, (entity) => entities[entity] ?? entity)
    .replace(/\s+/g, ' ')
}

describe.each(Object.entries(rendered))('%s', (name, page) => {
  const expected = recorded(name)

  it('has the page id, title and heading that Keycloak gives it', () => {
    expect(page).toContain(`data-page-id="${expected.body['data-page-id']}"`)
    expect(/<title>(.*)<\/title>/.exec(page)?.[1]).toBe(expected.title)
    expect(textOf(/<h1[^>]*>(.*?)<\/h1>/s.exec(page)?.[1] ?? '')).toBe(expected.headings[0]?.[1])
  })

  it('has its forms', () => {
    for (const form of expected.forms) {
      if (form['id'] === undefined || form['id'] === 'webauth') continue
      expect(page).toContain(`<form id="${form['id']}" `)
    }
    expect(page.match(/<form (?!id="webauth")/g)?.length ?? 0).toBe(
      expected.forms.filter(({ id }) => id !== 'webauth').length,
    )
  })

  it('has its fields, buttons and links', () => {
    for (const element of expected.elements) {
      const id = String(element['id'] ?? '')
      if (id === '' || leftOut.test(id)) continue
      const found = tagOf(page, String(element['tag']), id)
      expect(found, id).toBeDefined()
      if (id === 'reset-login' || id.startsWith('kc-form-buttons')) continue
      for (const attribute of attributesCompared) {
        const value = element[attribute]
        if (typeof value !== 'string' || value === '' || value.includes('webauthn')) continue
        // Keycloak reads this one out in English, whatever the page's language.
        if (id === 'login-select-toggle' && attribute === 'aria-label') continue
        if (id === 'username' && name === 'reset-password' && attribute === 'autocomplete') continue
        if (name === 'register.errors' && attribute === 'aria-invalid') continue
        expect(found, id).toContain(`${attribute}="${value}"`)
      }
    }
  })

  it('has its labels and messages', () => {
    const text = textOf(page)
    for (const [id, label] of Object.entries(expected.labels)) {
      if (leftOut.test(id) || id === 'None' || id === 'form-vertical-name') continue
      expect(page, id).toContain(`for="${id}"`)
      expect(text).toContain(label)
    }
    for (const message of expected.messages) {
      const id = message['id'] ?? ''
      if (id.startsWith('input-error-container-') && !leftOut.test(id.slice(22))) {
        expect(page).toContain(`id="${id}"`)
      }
    }
  })
})

it('escapes what people typed', () => {
  const evil = '"><script>alert(1)</script>'
  const page = renderLogin(plain, {
    action: evil,
    username: evil,
    usernameKind,
    message: { kind: 'error', key: evil },
  })
  expect(page).not.toContain('<script>alert')
})
