import type { Html } from '../html.ts'
import type { FlowPageModel, PageMessage } from '../page-context.ts'
import type { WebauthnRequestModel } from './webauthn-parts.ts'

/** Which name a user may type; decides the label. */
export type UsernameKind = 'username' | 'usernameOrEmail' | 'email'

/** The links below a login form. */
export interface LoginLinks {
  /** Absent = the realm allows no self-registration. */
  readonly registrationUrl?: string | undefined
  /** Absent = the realm lets nobody reset a password. */
  readonly resetPasswordUrl?: string | undefined
}

/** Passkeys that a form offers beside; absent = none. */
interface PasskeyModel {
  readonly passkeys?: WebauthnRequestModel | undefined
}

/**
 * Page `login-login`: user name and password together; with `attemptedUser` only the password is asked
 * (identity-first flows and re-authentication).
 */
export interface LoginModel extends FlowPageModel, LoginLinks, PasskeyModel {
  readonly username: string
  readonly usernameKind: UsernameKind
  /** Absent = not offered; otherwise whether the box is ticked. */
  readonly rememberMe?: boolean | undefined
  /** Names an existing password credential, for browsers that choose one; usually absent. */
  readonly credentialId?: string | undefined
}

/** Page `login-login-username`: the first step of an identity-first flow. */
export interface LoginUsernameModel extends FlowPageModel, LoginLinks, PasskeyModel {
  readonly username: string
  readonly usernameKind: UsernameKind
  readonly rememberMe?: boolean | undefined
}

/** Page `login-login-password`: the step of the password form alone. */
export interface LoginPasswordModel extends FlowPageModel, LoginLinks, PasskeyModel {}

/** An OTP device to choose from. */
export interface OtpDevice {
  readonly credentialId: string
  /** As the user named it; empty names are shown as `Unnamed device`. */
  readonly label: string
}

/** Page `login-login-otp`. With more than one device the user chooses. */
export interface LoginOtpModel extends FlowPageModel {
  readonly devices: readonly OtpDevice[]
  readonly selectedCredentialId?: string | undefined
}

/** A login method on the page `login-select-authenticator`. */
export interface AuthenticatorChoice {
  /** Posted as `authenticationExecution`. */
  readonly executionId: string
  /** Key of the method's name, e.g. `password-display-name`. */
  readonly displayNameKey: string
  /** Key of the sentence below, e.g. `password-help-text`. */
  readonly helpTextKey: string
}

export interface SelectAuthenticatorModel extends FlowPageModel {
  readonly choices: readonly AuthenticatorChoice[]
}

/** Page `login-select-organization`: posts `kc.org` with the alias. */
export interface SelectOrganizationModel extends FlowPageModel {
  readonly organizations: readonly { readonly alias: string; readonly name: string }[]
}

/** Page `login-login-reset-password`. */
export interface ResetPasswordModel extends FlowPageModel {
  readonly username: string
  readonly usernameKind: UsernameKind
  readonly duplicateEmailsAllowed?: boolean | undefined
  /** Back to the login form. */
  readonly loginUrl: string
}

/** Page `login-login-oauth-grant`: the client asks for scopes. */
export interface ConsentModel {
  readonly action: string
  /** Posted as hidden `code`. */
  readonly code: string
  /** Name (or id) of the client; `${key}` is looked up. */
  readonly clientName: string
  readonly clientLogoUrl?: string | undefined
  readonly clientPolicyUrl?: string | undefined
  readonly clientTermsUrl?: string | undefined
  /** Consent texts (`${profileScopeConsentText}`) in the order of the scopes. */
  readonly scopes: readonly { readonly text: string; readonly parameter?: string }[]
  /** What the client asks for on this occasion (RFC 9396), member by member. */
  readonly details?: readonly {
    readonly type: string
    readonly members: readonly (readonly [name: string, text: string])[]
  }[]
  /** What the device shows that asks, so that its user knows it again. */
  readonly bindingMessage?: string | undefined
  readonly message?: PageMessage | undefined
}

/** Page `login-error`. */
export interface ErrorModel {
  readonly message: PageMessage | { readonly key: string; readonly params?: readonly string[] }
  /** Home page of the client, for the link back. */
  readonly clientUrl?: string | undefined
  /** Shown so that an administrator can find the log line. */
  readonly traceId?: string | undefined
  /** Title stays empty, as Keycloak does for paths that no endpoint has. */
  readonly untitled?: boolean | undefined
}

/** Page `login-info`: something is done; maybe there is a way to go on. */
export interface InfoModel {
  readonly message: { readonly key: string; readonly params?: readonly string[] }
  /** Heading when it differs from the message. */
  readonly heading?: { readonly key: string; readonly params?: readonly string[] }
  /** Aliases of required actions, listed after the message. */
  readonly requiredActions?: readonly string[] | undefined
  /** `proceedWithAction` link of e-mailed actions. */
  readonly actionUrl?: string | undefined
  /** Back to the application: where the user came from. */
  readonly pageRedirectUrl?: string | undefined
  /** Home page of the client, when there is no redirect. */
  readonly clientUrl?: string | undefined
  /** What `awaited.js` reads where the page waits for something. */
  readonly waitingPlace?: Html | undefined
}

/** Page `login-login-page-expired`. */
export interface PageExpiredModel {
  readonly restartUrl: string
  readonly continueUrl: string
}

/** Page `login-logout-confirm`. */
export interface LogoutConfirmModel {
  /** `protocol/openid-connect/logout/logout-confirm?…`. */
  readonly action: string
  readonly sessionCode: string
  readonly clientUrl?: string | undefined
}

/** Page `login-frontchannel-logout`: loads each client's front-channel logout address in a frame. */
export interface FrontchannelLogoutModel {
  readonly clients: readonly { readonly name: string; readonly logoutUrl: string }[]
  /** Where to go after the frames loaded; absent = stay here. */
  readonly continueUrl?: string | undefined
}

/** The answer to `response_mode=form_post` (OAuth 2.0 Form Post Response Mode): posts itself to the client. */
export interface FormPostModel {
  readonly action: string
  /** In the order in which they are sent, e.g. `code`, `iss`, `state`, `session_state`. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}
