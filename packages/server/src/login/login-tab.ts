import type { Client } from '../domains/clients/client.ts'
import type { LoginProtocol } from '../domains/flows/login-protocol.ts'
import type { LoginState } from '../domains/flows/login-state/login-state.ts'
import type { User } from '../domains/users/user.ts'
import type { LoginVisit } from './login-visit.ts'

/** One tab's login in one request: what everything that answers it works on. */
export interface LoginTab {
  readonly visit: LoginVisit
  readonly client: Client
  readonly protocol: LoginProtocol
  readonly state: LoginState
  /** Which other flows the pages of this tab may lead to. */
  readonly offers: { readonly registration: boolean; readonly resetCredentials: boolean }
  /** What steps and actions add to the events of this request. */
  readonly details: Record<string, string>
  /** The request is about what follows the flow: its events say which action it was, not how the flow was entered. */
  acting?: boolean
  /** Who the state says it is, looked up in this request. */
  user: User | null
}
