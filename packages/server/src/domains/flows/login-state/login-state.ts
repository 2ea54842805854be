import type { ClientUuid, RealmId, SessionId, UserId } from '../../typed-ids.ts'
import type { ClientRequest } from '../engine/client-request.ts'
import type { FlowPurpose } from '../flow-purpose.ts'

/** Keycloak's words for where an execution stands. */
export type ExecutionStatus = 'success' | 'attempted' | 'challenged' | 'setup' | 'failed'

/**
 * One tab's login. Sealed with the browser while nobody has proved anything, a row afterwards (cluster.md §4.1).
 * Never in it: what an attacker would gain from rolling back, such as counts of guesses.
 */
export interface LoginState {
  /** Used-marker of the login that it ends in. */
  readonly id: string
  readonly tabId: string
  readonly realmId: RealmId
  readonly clientUuid: ClientUuid
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
  readonly request: ClientRequest
  /** Which of the realm's flows it runs. */
  purpose: FlowPurpose
  /** Status by execution key; keys that are absent were not reached. */
  readonly executions: Record<string, ExecutionStatus>
  /** Answers of conditions, so that a condition does not change its mind within a login. */
  readonly conditions: Record<string, boolean>
  userId: UserId | null
  /** As typed, also when nobody has that name. */
  attemptedUsername: string | null
  /** The SSO session that the login draws on: what it proves holds no longer than that session. */
  sessionId: SessionId | null
  /** A credential, or an SSO session, has proved who it is. */
  proved: boolean
  /** The flow is done; required actions and consent follow. */
  authenticated: boolean
  /** Required actions of this login beside those of the user. */
  readonly requiredActions: string[]
  /** Keycloak's authentication notes. */
  readonly notes: Record<string, string>
  /** Version of the row; 0 = there is none. */
  ver: number
}

/** Names of notes that more than one part reads. */
export const loginNotes = {
  rememberMe: 'remember_me',
  /** The login was answered by the SSO cookie alone. */
  ssoAuth: 'SSO_AUTH',
  /** Level of authentication of this login. */
  loa: 'level-of-authentication',
  /** JSON object: level → seconds since the epoch at which it was reached. */
  loaMap: 'loa-map',
  forcedReauthentication: 'FORCED_REAUTHENTICATION',
  kcActionStatus: 'kc_action_status',
  kcActionDone: 'kc_action_done',
  /** Alias of the flow where the realm has none bound to the purpose: an identity provider names it. */
  flowAlias: 'flow-alias',
  /** Challenge of WebAuthn behind what it is for. */
  webauthnChallenge: 'webauthn-challenge',
  /** Type of the credential that was chosen on the page of methods. */
  chosenMethod: 'chosen-method',
  /** Language chosen on a page. */
  locale: 'locale',
  /** Id of the user whom a link in a mail has named. */
  actionTokenUser: 'ACTION_TOKEN_USER',
  /** What that link's token is used up by: its id, and when it ends in milliseconds since the epoch (JSON). */
  actionToken: 'ACTION_TOKEN',
  /** The login ends with a page, and with no session, once its required actions are done. */
  endsWithoutSession: 'END_AFTER_REQUIRED_ACTIONS',
  /** Where that page leads. */
  redirectAfterActions: 'SET_REDIRECT_URI_AFTER_REQUIRED_ACTIONS',
  /** What a link was sent for that has been opened in the browser that waits for it. */
  linkFollowed: 'LINK_FOLLOWED',
  /** Address that a mail to confirm it, as the user's new one, went to. */
  updateEmailSentTo: 'UPDATE_EMAIL_KEY',
  /** The invitation to an organization that somebody registers with (JSON). */
  invitation: 'ORG_INVITATION',
  /** Address that a mail to verify it went to. */
  verifyEmailSentTo: 'VERIFY_EMAIL_KEY',
} as const
