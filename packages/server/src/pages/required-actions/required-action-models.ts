import type { FlowPageModel } from '../page-context.ts'

/** Members that all required-action pages share. */
export interface RequiredActionModel extends FlowPageModel {
  /** The application asked for the action (`kc_action`), so it may be cancelled (`cancel-aia`). */
  readonly cancellable?: boolean | undefined
}

/** Page `login-login-update-password`: posts `password-new`, `password-confirm`, `logout-sessions`. */
export interface UpdatePasswordModel extends RequiredActionModel {
  /** Whether the box "sign out from other devices" is ticked. */
  readonly logoutSessions?: boolean | undefined
}

/** An attribute of the realm's user profile, as a form shows it. */
export interface ProfileField {
  readonly name: string
  /** Text or `${key}`; absent = the name. */
  readonly displayName?: string | undefined
  readonly required: boolean
  readonly readOnly: boolean
  readonly multivalued?: boolean | undefined
  readonly values: readonly string[]
  /** Of the validator `options`. */
  readonly options?: readonly string[] | undefined
  readonly autocomplete?: string | undefined
  /** Keycloak's `inputType`, `inputHelperTextBefore`, `inputTypePlaceholder`, `inputOptionLabels`, … */
  readonly annotations?: Readonly<Record<string, unknown>> | undefined
  readonly group?: ProfileFieldGroup | undefined
}

export interface ProfileFieldGroup {
  readonly name: string
  readonly displayHeader?: string | undefined
  readonly displayDescription?: string | undefined
}

/** Pages `login-login-update-profile` (also VERIFY_PROFILE) and the fields of `login-register`. */
export interface UpdateProfileModel extends RequiredActionModel {
  readonly fields: readonly ProfileField[]
}

/** Page `login-register`. */
export interface RegisterModel extends FlowPageModel {
  readonly fields: readonly ProfileField[]
  /** Name of the organization that has invited whoever registers. */
  readonly invitedTo?: string | undefined
  /** Ask for a password (and its repetition). */
  readonly passwordRequired: boolean
  readonly termsAcceptanceRequired?: boolean | undefined
  /** A service that tells humans from programs. */
  readonly captcha?:
    | {
        readonly siteKey: string
        readonly scriptUrl: string
        readonly invisible: boolean
        readonly action: string
      }
    | undefined
  readonly loginUrl: string
}

/** Page `login-terms`: posts `accept` or `cancel`. */
export interface TermsModel extends RequiredActionModel {}

/** Page `login-login-config-totp`: posts `totp`, `totpSecret`, `userLabel`, `logout-sessions`, `mode`. */
export interface ConfigTotpModel extends RequiredActionModel {
  /** `manual` shows the key as text, `barcode` the QR code. */
  readonly mode: 'barcode' | 'manual'
  /** Address of the same page in the other mode. */
  readonly otherModeUrl: string
  /** Posted back as `totpSecret`: the secret in the form that is stored. */
  readonly secret: string
  /** The secret in Base32, without blanks. */
  readonly secretBase32: string
  /** The QR code as PNG: `data:image/png;base64,…` or only its Base64. */
  readonly qrCode: string
  readonly policy: {
    readonly type: 'totp' | 'hotp'
    /** `HmacSHA1`, `HmacSHA256` or `HmacSHA512`. */
    readonly algorithm: string
    readonly digits: number
    /** Seconds, of TOTP. */
    readonly period: number
    /** Of HOTP. */
    readonly initialCounter: number
  }
  readonly userLabel?: string | undefined
  /** The user has such a device already: the new one needs a name. */
  readonly labelRequired?: boolean | undefined
  readonly logoutSessions?: boolean | undefined
  /** Keys of the names of apps. */
  readonly supportedApps: readonly string[]
}

/** Of pages that wait for something that happens elsewhere. */
export interface WaitingModel {
  /** Tells whether the page still has to wait, and where it goes on then. */
  readonly awaitedUrl?: string | undefined
  readonly continueUrl?: string | undefined
}

/** Page `login-login-verify-email`. */
export interface VerifyEmailModel extends RequiredActionModel, WaitingModel {
  readonly email: string
  /** False before a mail is sent: the form sends it. */
  readonly sent?: boolean | undefined
}

/** Page `login-update-email`: posts `email`, `logout-sessions`. */
export interface UpdateEmailModel extends RequiredActionModel {
  readonly email: string
  readonly logoutSessions: boolean
}

/** Page `login-info` after that. */
export interface UpdateEmailSentModel extends RequiredActionModel, WaitingModel {
  readonly email: string
  readonly clientUrl?: string | undefined
}

/** Page `login-delete-credential`: which credential is to be taken away. */
export interface DeleteCredentialModel extends RequiredActionModel {
  readonly label: string
}

/** Page `login-login-recovery-authn-code-config`: posts the codes back, `userLabel` and `logout-sessions`. */
export interface RecoveryCodesModel extends RequiredActionModel {
  readonly codes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly generatedAt: number
  readonly logoutSessions: boolean
}
