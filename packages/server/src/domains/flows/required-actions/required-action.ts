import type { Client } from '../../clients/client.ts'
import type { Realm } from '../../realms/realm.ts'
import type { SessionId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import type { LoginPage, PageNote } from '../engine/login-page.ts'
import type { MailLink } from '../engine/mail-link.ts'
import type { LoginState } from '../login-state/login-state.ts'

/** Whom and what a login is about when its flow is passed. */
export interface ActionParties {
  readonly realm: Realm
  readonly client: Client
  readonly user: User
  readonly state: LoginState
}

/** What a required action sees of a request. */
export interface ActionContext extends ActionParties {
  readonly form: URLSearchParams
  readonly query: URLSearchParams
  /** Where the browser sees this server. */
  readonly serverUrl: string
  /** The client asked for it (`kc_action`): it may be cancelled. */
  readonly initiated: boolean
  /** What follows the colon in `kc_action`. */
  readonly parameter: string | null
  /** The browser's SSO session, which "sign out from other devices" spares. */
  readonly currentSessionId: SessionId | null
  readonly ipAddress: string
  /** For links that lead back to this login. */
  mailLink(): MailLink
  /** Signs the user out everywhere else. */
  endOtherSessions(): Promise<void>
  /** Records a login event (`UPDATE_PASSWORD`, …). */
  record(type: string, details?: Readonly<Record<string, string>>, error?: string): void
}

/** An attribute as a form shows it. */
export interface ProfilePageField {
  readonly name: string
  readonly displayName?: string
  readonly required: boolean
  readonly readOnly: boolean
  readonly multivalued: boolean
  readonly values: readonly string[]
  readonly options?: readonly string[]
  readonly annotations?: Readonly<Record<string, unknown>>
  readonly group?: {
    readonly name: string
    readonly displayHeader?: string
    readonly displayDescription?: string
  }
}

export type ActionResult =
  /** @property user as it is now, when the action changed it */
  | { readonly kind: 'done'; readonly user: User }
  | { readonly kind: 'challenge'; readonly page: LoginPage }
  /** The user refuses: the client is told, with this as `error_description`. */
  | { readonly kind: 'rejected'; readonly description?: string }
  /** Nothing of the kind can be done: the client is told, the login goes on. */
  | { readonly kind: 'impossible' }
  /** Nobody is left to sign in: the login ends with this notice. */
  | { readonly kind: 'ended'; readonly message: PageNote }
  | { readonly kind: 'abort'; readonly error: string; readonly message: PageNote }

/** What an action did by itself. */
export interface SettledAction {
  readonly user: User
  readonly event: { readonly type: string; readonly details: Readonly<Record<string, string>> }
}

/** Something that has to be done before a login ends. A new one is a file with one of these and a line in registry.ts. */
export interface RequiredActionStep {
  /** Keycloak's provider id. */
  readonly id: string
  /** Clients may start it with `kc_action`. */
  readonly initiable: boolean
  /** Whether a link of its page does what its form would do. */
  readonly actsByLink?: boolean
  /** Message above its form when it is not started by the client. */
  readonly warningKey?: string
  /** Whether it is due although nobody put it on the user's list. */
  isTriggered?(parties: ActionParties): Promise<boolean>
  /**
   * What it does without asking anybody, when a login ends.
   * @returns the user as it is now and the event of it; null when there was nothing to do
   */
  settle?(parties: ActionParties): Promise<SettledAction | null>
  /** Of an action whose page waits: whether what it waits for has happened elsewhere. */
  isAnsweredElsewhere?(parties: ActionParties): boolean
  challenge(context: ActionContext): Promise<ActionResult>
  /** Its form was posted. */
  process(context: ActionContext): Promise<ActionResult>
}
