import { toDataURL } from 'qrcode'
import type {
  LoginPageId,
  LoginPageModels,
  LoginPageOf,
} from '../domains/flows/engine/login-page.ts'
import type { LoginLinks, UsernameKind } from './login/login-models.ts'
import { renderLogin } from './login/render-login.ts'
import { renderLoginOtp } from './login/render-login-otp.ts'
import { renderLoginPassword } from './login/render-login-password.ts'
import { renderLoginUsername } from './login/render-login-username.ts'
import { renderRecoveryCode } from './login/render-recovery-code.ts'
import { renderResetOtp } from './login/render-reset-otp.ts'
import { renderResetPassword } from './login/render-reset-password.ts'
import { renderSelectAuthenticator } from './login/render-select-authenticator.ts'
import { renderSelectOrganization } from './login/render-select-organization.ts'
import { renderSentCode } from './login/render-sent-code.ts'
import { renderWebauthnAuthenticate } from './login/render-webauthn-authenticate.ts'
import { renderWebauthnError } from './login/render-webauthn-error.ts'
import { renderX509Confirm } from './login/render-x509-confirm.ts'
import type { FlowPageModel, PageContext } from './page-context.ts'
import { renderConfigTotp } from './required-actions/render-config-totp.ts'
import { renderDeleteAccount } from './required-actions/render-delete-account.ts'
import { renderDeleteCredential } from './required-actions/render-delete-credential.ts'
import { renderRecoveryCodes } from './required-actions/render-recovery-codes.ts'
import { renderRegister } from './required-actions/render-register.ts'
import { renderTerms } from './required-actions/render-terms.ts'
import { renderUpdateEmail, renderUpdateEmailSent } from './required-actions/render-update-email.ts'
import { renderUpdatePassword } from './required-actions/render-update-password.ts'
import { renderUpdateProfile } from './required-actions/render-update-profile.ts'
import { renderVerifyEmail } from './required-actions/render-verify-email.ts'
import { renderWebauthnRegister } from './required-actions/render-webauthn-register.ts'

/** What the login adds to what a step or required action shows. */
export interface PageSurroundings extends FlowPageModel, LoginLinks {
  readonly usernameKind: UsernameKind
  /** Absent = the realm remembers nobody; otherwise whether the box is ticked. */
  readonly rememberMe?: boolean | undefined
  /** The application asked for the action, so it may be cancelled. */
  readonly cancellable?: boolean | undefined
  /** Home page of the client. */
  readonly clientUrl?: string | undefined
  /** Asked by pages that wait, and where they go on then. */
  readonly awaitedUrl?: string | undefined
  readonly continueUrl?: string | undefined
  /** Back to the form with which the login begins. */
  readonly loginUrl: string
}

/** Renders one page from what is shown and where it stands. */
type PageRenderer<Id extends LoginPageId> = (
  context: PageContext,
  model: PageSurroundings & LoginPageModels[Id],
) => string | Promise<string>

/** Every page that a step or required action can show: a new one gets its line here, the compiler asks for it. */
const loginPages: { readonly [Id in LoginPageId]: PageRenderer<Id> } = {
  login: (context, model) =>
    model.userKnown
      ? renderLogin(context, { ...model, rememberMe: undefined, registrationUrl: undefined })
      : renderLogin(context, { ...model, attemptedUser: undefined }),
  username: (context, model) =>
    renderLoginUsername(context, { ...model, attemptedUser: undefined }),
  password: renderLoginPassword,
  otp: renderLoginOtp,
  'recovery-code': renderRecoveryCode,
  'select-authenticator': renderSelectAuthenticator,
  'select-organization': renderSelectOrganization,
  'webauthn-authenticate': renderWebauthnAuthenticate,
  'webauthn-error': renderWebauthnError,
  'webauthn-register': renderWebauthnRegister,
  'x509-confirm': renderX509Confirm,
  register: renderRegister,
  'reset-password': renderResetPassword,
  'reset-otp': renderResetOtp,
  'sent-code': renderSentCode,
  'verify-email': renderVerifyEmail,
  'update-email': renderUpdateEmail,
  'update-email-sent': renderUpdateEmailSent,
  'recovery-codes': renderRecoveryCodes,
  'delete-account': renderDeleteAccount,
  'delete-credential': renderDeleteCredential,
  'update-password': renderUpdatePassword,
  'update-profile': renderUpdateProfile,
  terms: renderTerms,
  'config-totp': async (context, model) =>
    renderConfigTotp(context, {
      ...model,
      otherModeUrl: `${model.action}&mode=${model.mode === 'manual' ? 'qr' : 'manual'}`,
      qrCode: await toDataURL(model.keyUri, { width: 246, margin: 1 }),
      policy: { ...model.policy, initialCounter: model.policy.counter },
    }),
}

/** @returns the HTML of a page of a login */
export async function renderLoginPage<Id extends LoginPageId>(
  context: PageContext,
  page: LoginPageOf<Id>,
  around: PageSurroundings,
): Promise<string> {
  const render: PageRenderer<Id> = loginPages[page.page]
  return render(context, { ...around, ...page })
}
