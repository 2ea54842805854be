import type { Client } from '../../clients/client.ts'
import type { Realm } from '../../realms/realm.ts'
import type { User } from '../../users/user.ts'
import type { LoginState } from '../login-state/login-state.ts'
import type { CredentialTypes } from './credential-types.ts'
import type { ExecutionNode, FlowNode } from './flow-definition.ts'
import type { LoginPage } from './login-page.ts'
import type { SignedIn, StepContext } from './step.ts'

export interface LoginContextParts {
  readonly realm: Realm
  readonly client: Client
  readonly state: LoginState
  readonly flow: FlowNode
  readonly form: URLSearchParams
  readonly ipAddress: string
  readonly serverUrl: string
  readonly headers: readonly string[]
  readonly signedIn: SignedIn | null
  readonly rememberedUsername: string | null
  readonly credentialTypes: CredentialTypes
  readonly record: StepContext['record']
  readonly addDetails: StepContext['addDetails']
  readonly mailLink: StepContext['mailLink']
  readonly certificate: StepContext['certificate']
  /** The user of the state, looked up anew. */
  readonly user: User | null
}

/** What is the same for every step of a request. */
type SharedContext = Omit<StepContext, 'execution' | 'user'>

/** What all steps of one request share; each gets a view with its own execution. */
export class LoginContext {
  readonly #shared: SharedContext
  #user: User | null
  #message: LoginPage['message']

  constructor(parts: LoginContextParts) {
    const { state } = parts
    this.#user = parts.user
    this.#shared = {
      ...parts,
      request: state.request,
      setUser: (user) => {
        this.#user = user
        state.userId = user?.id ?? null
      },
      setNote: (name, value) => {
        if (value === null) delete state.notes[name]
        else state.notes[name] = value
      },
      setMessage: (message) => {
        this.#message = message
      },
      requireAction: (alias) => {
        if (!state.requiredActions.includes(alias)) state.requiredActions.push(alias)
      },
    }
  }

  get user(): User | null {
    return this.#user
  }

  /** Set by a step for the page that a later step shows. */
  get message(): LoginPage['message'] {
    return this.#message
  }

  /** @returns what the step of this execution sees */
  of(execution: ExecutionNode): StepContext {
    return { ...this.#shared, execution, user: this.#user }
  }
}
