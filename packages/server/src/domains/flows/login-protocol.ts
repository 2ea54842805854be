import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { UserSession } from '../sessions/session.ts'
import type { SessionTrace } from '../sessions/session-verbs.ts'
import type { SessionId } from '../typed-ids.ts'
import type { User } from '../users/user.ts'
import type { ClientRequest } from './engine/client-request.ts'
import type { FlowFailure } from './engine/flow-failure.ts'

/** How a browser goes back to the client. */
export type ClientAnswer =
  | { readonly kind: 'redirect'; readonly location: string }
  | {
      readonly kind: 'form-post'
      readonly action: string
      readonly fields: readonly (readonly [name: string, value: string])[]
    }

/** Why a login ended without success, in Keycloak's words. */
export type LoginRefusal =
  | 'passive-login-required'
  | 'passive-interaction-required'
  | 'cancelled-by-user'
  | 'consent-denied'
  | 'already-logged-in'

/** Who takes part in a login: the realm, the client, and the addresses under which it sees this server. */
export interface LoginParties {
  readonly realm: Realm
  readonly client: Client
  /** Where clients see the server, without a slash at the end. */
  readonly frontendUrl: string
  /** The same for the admin console. */
  readonly adminUrl: string
}

/** A login that has done everything that was asked. */
export interface SuccessfulLogin extends LoginParties {
  readonly request: ClientRequest
  readonly user: User
  readonly existingSessionId: SessionId | null
  readonly rememberMe: boolean
  readonly ipAddress: string
  readonly sessionNotes: Readonly<Record<string, string>>
  /** Level of authentication of this login; -1 = no condition of the flow named one. */
  readonly loa: number
  /** Answered by the SSO cookie alone. */
  readonly ssoAuth: boolean
  /** The user has proved who it is by this very request. */
  readonly provedNow: boolean
  readonly loginStateId: string
  readonly loginStateExpiresAt: number
  /** Alias of the organization that the user has chosen to sign in for. */
  readonly organization: string | null
  /** The action that the client started and the user has seen. */
  readonly kcAction: string | null
  /** What became of it. */
  readonly kcActionStatus: string | null
  /** Written in the transaction that starts or continues the session. */
  readonly alongside: SessionTrace | null
}

export type LoginCompletion =
  | { readonly outcome: 'completed'; readonly session: UserSession; readonly answer: ClientAnswer }
  | { readonly outcome: 'replayed' | 'user-changed' | 'session-gone' | 'locked' }

/** Why a request that was good once is not any more: the client is told, or the user where the client cannot be. */
export type RequestProblem =
  | { readonly kind: 'answer'; readonly error: string; readonly answer: ClientAnswer }
  | { readonly kind: 'page'; readonly failure: FlowFailure }

/** What a protocol (OpenID Connect; SAML) adds to a login in the browser. */
export interface LoginProtocol {
  readonly name: string
  /** Whether the user is asked for consent each time: where it is not the browser of the user that asks. */
  readonly asksConsent?: boolean
  /** Starts or continues the session and answers the client. */
  complete(login: SuccessfulLogin): Promise<LoginCompletion>
  refuse(
    parties: LoginParties,
    request: ClientRequest,
    refusal: LoginRefusal,
    description?: string,
  ): Promise<ClientAnswer>
  /**
   * Repeats the checks that the request passed when it came: the client's settings, such as its redirect URIs, may have
   * changed while the login was under way.
   * @returns null when the request is still good
   */
  recheck(parties: LoginParties, request: ClientRequest): Promise<RequestProblem | null>
  /** What the addresses of pages carry of the request, so that a client can be answered when all else is gone. */
  clientData(request: ClientRequest): string
  /**
   * Reads `clientData` again. Nothing of it was ever checked: it serves to tell the client of an error, never to begin or
   * end a login.
   * @returns null when it is not acceptable for this client
   */
  fromClientData(client: Client, clientData: string): ClientRequest | null
}
