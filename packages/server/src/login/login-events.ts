import type { Events, LoginEvent as RecordedEvent } from '../domains/events/events.ts'
import { loginNotes } from '../domains/flows/login-state/login-state.ts'
import type { SessionTrace } from '../domains/sessions/session-verbs.ts'
import type { SessionId, UserId } from '../domains/typed-ids.ts'
import type { LoginTab } from './login-tab.ts'

export interface LoginEvent {
  /** `LOGIN`, `LOGIN_ERROR`, `UPDATE_PASSWORD`, … */
  readonly type: string
  /** Keycloak's error code. */
  readonly error?: string | undefined
  /** Of a login that has ended. */
  readonly sessionId?: SessionId | undefined
  readonly details?: Readonly<Record<string, string>> | undefined
  /** Whom it is about, where the login itself knows nobody. */
  readonly userId?: UserId | undefined
}

/** Records what happens in a login, with the details that Keycloak's events have. */
export class LoginEvents {
  readonly #events: Pick<Events, 'record' | 'alongside'>

  constructor(deps: { readonly events: Pick<Events, 'record' | 'alongside'> }) {
    this.#events = deps.events
  }

  /** @param outboxed `alongside` has given what wrote it for webhooks */
  record(tab: LoginTab, event: LoginEvent, outboxed = false): void {
    this.#events.record(eventOf(tab, event), outboxed)
  }

  /**
   * @param make the event, once the session is known
   * @returns what writes the event for webhooks in the transaction of its session; null where nobody wants it
   */
  async alongside(
    tab: LoginTab,
    type: string,
    make: (sessionId: SessionId) => LoginEvent,
  ): Promise<SessionTrace | null> {
    const trace = await this.#events.alongside(tab.visit.realm.id, type)
    return trace && ((tx, sessionId) => trace(tx, eventOf(tab, make(sessionId))))
  }
}

function eventOf(tab: LoginTab, event: LoginEvent): RecordedEvent {
  const { type, error, sessionId, details, userId } = event
  const { visit, client, user, state } = tab
  return {
    type,
    realmId: visit.realm.id,
    realmName: visit.realm.name,
    clientId: client.clientId,
    userId: user?.id ?? state.userId ?? userId,
    sessionId,
    ipAddress: visit.browser.ipAddress,
    error,
    details: {
      auth_method: state.request.protocol,
      ...(state.authenticated ? laterDetails(tab) : { auth_type: 'code' }),
      redirect_uri: state.request.redirectUri,
      code_id: sessionId ?? state.id,
      ...optional('username', user?.username ?? state.attemptedUsername),
      ...tab.details,
      ...details,
    },
  }
}

/** What is known once the flow is passed. */
function laterDetails({ visit, state, acting }: LoginTab): Record<string, string> {
  const { response_type: type = 'code', response_mode: mode } = state.request.parameters
  const remembered = visit.signedIn === null && state.notes[loginNotes.rememberMe] === 'true'
  return {
    response_type: type,
    response_mode: (mode ?? usualMode(type)).replace('.', '_'),
    ...(acting || remembered ? { remember_me: String(remembered) } : {}),
  }
}

/** How an answer travels where the request does not say so (OAuth 2.0 Multiple Response Type Encoding Practices §2.1). */
function usualMode(responseType: string): string {
  return /\b(?:id_)?token\b/.test(responseType) ? 'fragment' : 'query'
}

function optional(name: string, value: string | null | undefined): Record<string, string> {
  return value === null || value === undefined ? {} : { [name]: value }
}
