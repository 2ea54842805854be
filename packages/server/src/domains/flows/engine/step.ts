import type { Transaction } from '../../../database/database.ts'
import type { Client } from '../../clients/client.ts'
import type { KnownCertificate } from '../../credentials/x509/known-certificate.ts'
import type { Provider } from '../../providers/provider.ts'
import type { Realm } from '../../realms/realm.ts'
import type { UserSession } from '../../sessions/session.ts'
import type { UserId } from '../../typed-ids.ts'
import type { User } from '../../users/user.ts'
import type { LoginState } from '../login-state/login-state.ts'
import type { ClientRequest } from './client-request.ts'
import type { CredentialTypes } from './credential-types.ts'
import type { ExecutionNode, FlowNode } from './flow-definition.ts'
import type { LoginPage, PageNote } from './login-page.ts'
import type { MailLink } from './mail-link.ts'

/** An SSO session that the browser's cookie proves. */
export interface SignedIn {
  readonly session: UserSession
  readonly user: User
}

/** What a step or condition sees of the login that it takes part in. */
export interface StepContext {
  readonly realm: Realm
  readonly client: Client
  readonly request: ClientRequest
  /** What the tab has so far; steps change it through the members below. */
  readonly state: LoginState
  readonly execution: ExecutionNode
  /** The top-level flow. */
  readonly flow: FlowNode
  /** Null until somebody said who they are. */
  readonly user: User | null
  /** The form that was posted; empty when the step is reached without one. */
  readonly form: URLSearchParams
  readonly ipAddress: string
  /** Where the browser sees this server. */
  readonly serverUrl: string
  /** Lines `Name: value` of the request's head. */
  readonly headers: readonly string[]
  readonly signedIn: SignedIn | null
  /** Name that the remember-me cookie brings. */
  readonly rememberedUsername: string | null
  readonly credentialTypes: CredentialTypes
  /** For links that lead back to this login. @returns undefined where no browser signs in */
  mailLink(): MailLink | undefined
  /** The certificate that the connection has shown; undefined without one. */
  certificate(): KnownCertificate | undefined
  setUser(user: User | null): void
  setNote(name: string, value: string | null): void
  /** Shown on the next page of the flow. */
  setMessage(message: LoginPage['message']): void
  /** Adds a required action that this login has to do before it ends. */
  requireAction(alias: string): void
  /** For every event of this request from here on. */
  addDetails(details: Readonly<Record<string, string>>): void
  /** Records an event (`REGISTER`, …). @param error of an event that says so (`REGISTER_ERROR`) */
  record(type: string, details?: Readonly<Record<string, string>>, error?: string): void
}

/** What comes of a step. */
export type StepResult =
  | { readonly kind: 'success' }
  /** It could not prove anything, others may. */
  | { readonly kind: 'attempted' }
  /** @property authenticate value of `WWW-Authenticate`: the page goes out with status 401, for browsers that answer that */
  | { readonly kind: 'challenge'; readonly page: LoginPage; readonly authenticate?: string }
  /** Sends the browser elsewhere; it comes back to the step's form address. */
  | { readonly kind: 'redirect'; readonly location: string }
  /** A wrong answer: recorded as LOGIN_ERROR (or what the flow is for), then asked again. */
  | {
      readonly kind: 'failure'
      readonly error: string
      readonly page: LoginPage
      /** Of the event. */
      readonly details?: Readonly<Record<string, string>>
      /** Whom the wrong answer was about, where the login knows nobody yet: for the event alone. */
      readonly userId?: UserId | undefined
    }
  /**
   * The login waits for something that happens elsewhere: it is kept as it is, and the browser begins another one.
   * @property with written in the transaction that keeps it
   */
  | {
      readonly kind: 'fork'
      readonly message: NonNullable<LoginPage['message']>
      readonly with: (tx: Transaction) => Promise<void>
    }
  /** Ends the login with an error page. @property description what a grant is told instead of Keycloak's usual sentence */
  | {
      readonly kind: 'abort'
      readonly error: string
      readonly message: PageNote
      readonly description?: string
      /** Of the page; 400 where it is left out. */
      readonly status?: 401 | 403
      /** Value of `WWW-Authenticate`, for browsers and programs that answer that. */
      readonly authenticate?: string
    }

/** One way to prove who one is. A new method is a folder with one of these and a line in registry.ts. */
export interface Step {
  /** Keycloak's provider id. */
  readonly id: string
  /** What consoles show of it, with its settings. Absent: it is Keycloak's, and stands in the catalogue of what Keycloak has. */
  readonly provider?: Provider
  /** Whether somebody must have said who they are before. */
  readonly requiresUser: boolean
  /** Whether its success proves who somebody is: then the login is kept in a row from there on. */
  readonly proves: boolean
  /** Type of the credential that it checks: decides the order among alternatives. */
  readonly credentialType?: string
  /** Required action that sets a missing credential up, where the step is REQUIRED. */
  readonly setupAction?: string
  /** True where its page leads to no other way, whatever there is. */
  readonly onlyWay?: boolean
  /** For the page that lets users choose; absent = never offered there. */
  readonly displayNameKey?: string
  readonly helpTextKey?: string
  /** Whether this user could pass it; null only for steps that require none. */
  configuredFor(context: StepContext, user: User | null): Promise<boolean>
  /** Reached for the first time in this tab. */
  authenticate(context: StepContext): Promise<StepResult>
  /** Its form was posted. */
  action(context: StepContext): Promise<StepResult>
}

/** Decides whether a conditional sub-flow takes part. */
export interface Condition {
  readonly id: string
  /** As of a step. */
  readonly provider?: Provider
  /**
   * @param flow the sub-flow that it stands in
   * @param steps asks the other steps of the sub-flow whether the user could pass them
   */
  matches(context: StepContext, flow: FlowNode, steps: ConfiguredFor): Promise<boolean>
  /** The sub-flow that it stands in was passed. */
  passed?(context: StepContext): void
}

/** Asks a step, by its execution, whether the user could pass it. */
export type ConfiguredFor = (execution: ExecutionNode) => Promise<boolean>
