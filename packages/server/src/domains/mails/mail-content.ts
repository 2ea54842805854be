import type { ClientId, OrganizationId, RealmId, UserId } from '../typed-ids.ts'

/** Tab of a login that a link leads back to; another browser cannot take it up. */
export interface MailTab {
  /** Hash of the browser's cookie. */
  readonly browser: string
  readonly tabId: string
}

/** What every mail to a user says. */
interface ToUser {
  readonly userId: UserId
  /** As it was when the mail was asked for: a user who has another one by now gets nothing. */
  readonly email: string
  /** Language that the user has just read; the user's own choice goes before it. */
  readonly locale?: string | undefined
}

/** What every mail with a link says. The link itself is made when the mail is sent. */
export interface LinkContent {
  /** Where the user sees the server, without a slash at the end. */
  readonly serverUrl: string
  /** `clientId` of the client that the link is for. */
  readonly clientId: ClientId
  readonly lifespanSeconds: number
  readonly tab?: MailTab | undefined
  /** What follows the token in the link: `client_id=…&tab_id=…`. */
  readonly query?: string | undefined
  readonly redirectUri?: string | undefined
}

export interface VerifyEmailContent extends ToUser, LinkContent {
  readonly kind: 'verify-email'
}

export interface ResetCredentialsContent extends ToUser, LinkContent {
  readonly kind: 'reset-credentials'
}

export interface ExecuteActionsContent extends ToUser, LinkContent {
  readonly kind: 'execute-actions'
  /** Aliases of required actions. */
  readonly actions: readonly string[]
}

/** To the new address, which `email` is not. */
export interface UpdateEmailContent extends ToUser, LinkContent {
  readonly kind: 'update-email'
  readonly newEmail: string
  readonly logoutSessions: boolean
}

/** A notice of something that happened to an account. */
export interface EventContent extends ToUser {
  readonly kind: 'event'
  /** `LOGIN_ERROR`, `UPDATE_PASSWORD`, … */
  readonly event: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly ipAddress: string
  readonly credentialType?: string | undefined
}

/** What answers a code that is sent; the code itself is computed from it. */
interface CodeContent extends ToUser {
  readonly challengeId: string
  readonly lifespanSeconds: number
}

export interface EmailCodeContent extends CodeContent {
  readonly kind: 'email-code'
}

export interface SmsCodeContent extends CodeContent {
  readonly kind: 'sms-code'
  readonly phone: string
  /** Names the settings of the gateway. */
  readonly gatewayUrl: string
}

export interface MagicLinkContent extends ToUser, LinkContent {
  readonly kind: 'magic-link'
  readonly challengeId: string
}

/** An invitation to an organization, also to somebody who has no account: then `userId` is empty. */
export interface OrganizationInvitationContent extends ToUser, LinkContent {
  readonly kind: 'organization-invitation'
  readonly invitationId: string
  /** Seconds since the epoch. */
  readonly expiresAt: number
  readonly organizationId: OrganizationId
  readonly organizationName: string
  readonly firstName: string
  readonly lastName: string
}

/** What a workflow tells somebody, usually of what it is going to do. */
export interface WorkflowNoticeContent extends ToUser {
  readonly kind: 'workflow'
  /** How the mail addresses whom it goes to. */
  readonly name: string
  /** Keys of its texts are `{texts}Subject` and `{texts}Body`. */
  readonly texts: string
  /** Until the next step. */
  readonly days: number
  readonly reason: string
  /** Instead of the texts. */
  readonly subject?: string | undefined
  readonly message?: string | undefined
}

/** Takes the time and the place of a mail that nobody may get: nobody can tell that there is none. */
export interface NoContent {
  readonly kind: 'none'
}

/** What is to be sent. Never a link, a code or a token: those are made when it is sent. */
export type MailContent =
  | VerifyEmailContent
  | ResetCredentialsContent
  | ExecuteActionsContent
  | UpdateEmailContent
  | EventContent
  | EmailCodeContent
  | SmsCodeContent
  | MagicLinkContent
  | OrganizationInvitationContent
  | WorkflowNoticeContent
  | NoContent

/** What an event says when a mail comes to nothing. */
export interface MailEvent {
  /** `SEND_VERIFY_EMAIL`, …; with `_ERROR` when it comes to nothing. */
  readonly type: string
  readonly clientId?: ClientId | undefined
  readonly ipAddress?: string | undefined
  readonly details: Readonly<Record<string, string>>
}

/** A mail as it waits. */
export interface WaitingMail {
  readonly id: string
  readonly realmId: RealmId
  readonly content: MailContent
  readonly event: MailEvent | null
  /** This attempt counted. */
  readonly attempts: number
  /** Milliseconds since the epoch by the database's clock. */
  readonly deadline: number
}
