import { completionOf } from '../../../domains/flows/completion-of.ts'
import { type ClientRequest, plainRequest } from '../../../domains/flows/engine/client-request.ts'
import { FlowFailure } from '../../../domains/flows/engine/flow-failure.ts'
import type {
  ClientAnswer,
  LoginCompletion,
  LoginParties,
  LoginProtocol,
  RequestProblem,
  SuccessfulLogin,
} from '../../../domains/flows/login-protocol.ts'
import type { Sessions } from '../../../domains/sessions/sessions.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { cibaPolicyOf } from './ciba-policy.ts'
import type { CibaRequests } from './ciba-requests.ts'

/** Parameter of a login that says what its user is asked. */
const requestParameter = 'ciba_request'

export interface CibaLoginProtocolDeps {
  readonly sessions: Pick<Sessions, 'complete'>
  readonly cibaRequests: Pick<CibaRequests, 'byResultId'>
  /** Keeps the decision and tells the client, if it can. @throws when it is made already */
  readonly decide: (parties: LoginParties, resultId: string, granted: boolean) => Promise<unknown>
}

/**
 * The login in which a user is asked what a client wants by backchannel authentication: it ends with a page, and always asks
 * for consent, so that a browser that is signed in does not agree by itself.
 */
export class CibaLoginProtocol implements LoginProtocol {
  readonly name = 'ciba'
  readonly asksConsent = true
  readonly #deps: CibaLoginProtocolDeps

  constructor(deps: CibaLoginProtocolDeps) {
    this.#deps = deps
  }

  async complete(login: SuccessfulLogin): Promise<LoginCompletion> {
    const completed = await completedSession(this.#deps, login)
    if (completed.outcome !== 'completed') return completed
    const { session } = completed
    const resultId = login.request.parameters[requestParameter] ?? ''
    const waiting = await this.#deps.cibaRequests.byResultId(login.realm, resultId)
    // Another user's answer is none, whoever may have got hold of the address.
    const own = waiting?.userId === login.user.id
    const error = own ? await this.#decide(login, resultId, true) : 'access_denied'
    return { outcome: 'completed', session, answer: statusAnswer(login, error) }
  }

  async refuse(parties: LoginParties, request: ClientRequest): Promise<ClientAnswer> {
    const error = await this.#decide(parties, request.parameters[requestParameter] ?? '', false)
    return statusAnswer(parties, error ?? 'access_denied')
  }

  async recheck({ realm, client }: LoginParties): Promise<RequestProblem | null> {
    if (client.enabled && cibaPolicyOf(realm, client).enabled) return null
    return { kind: 'page', failure: new FlowFailure('not_allowed') }
  }

  clientData(): string {
    return Buffer.from('{}').toString('base64url')
  }

  fromClientData(): null {
    return null
  }

  async #decide(parties: LoginParties, resultId: string, granted: boolean) {
    try {
      await this.#deps.decide(parties, resultId, granted)
      return undefined
    } catch {
      return 'expired_token'
    }
  }
}

/** A login that has no purpose but to find out who wants to see what they are asked. */
export class CibaVisitProtocol implements LoginProtocol {
  readonly name = 'ciba-visit'
  readonly #deps: Pick<CibaLoginProtocolDeps, 'sessions'>

  constructor(deps: Pick<CibaLoginProtocolDeps, 'sessions'>) {
    this.#deps = deps
  }

  async complete(login: SuccessfulLogin): Promise<LoginCompletion> {
    const completed = await completedSession(this.#deps, login)
    if (completed.outcome !== 'completed') return completed
    const { session } = completed
    return { outcome: 'completed', session, answer: pageAnswer(login, '') }
  }

  async refuse(parties: LoginParties): Promise<ClientAnswer> {
    return statusAnswer(parties, 'access_denied')
  }

  async recheck({ client }: LoginParties): Promise<RequestProblem | null> {
    if (client.enabled) return null
    return { kind: 'page', failure: new FlowFailure('not_allowed') }
  }

  clientData(): string {
    return Buffer.from('{}').toString('base64url')
  }

  fromClientData(): null {
    return null
  }
}

/** @returns the login in which a user is asked, or, without an id, the one that finds out who it is */
export function cibaLoginRequest(
  resultId: string | null,
  asked: { readonly scope: string; readonly bindingMessage: string | null },
  loginHint: string | null,
): ClientRequest {
  const { scope, bindingMessage } = asked
  return {
    ...plainRequest,
    protocol: resultId === null ? 'ciba-visit' : 'ciba',
    loginHint,
    scope,
    parameters: {
      ...(resultId === null ? {} : { [requestParameter]: resultId }),
      ...(bindingMessage === null ? {} : { binding_message: bindingMessage }),
    },
  }
}

async function completedSession(
  { sessions }: Pick<CibaLoginProtocolDeps, 'sessions'>,
  login: SuccessfulLogin,
) {
  return await sessions.complete({
    ...completionOf(login),
    redirectUri: null,
    clientNotes: {},
    withCode: false,
  })
}

function statusAnswer(parties: LoginParties, error?: string): ClientAnswer {
  return pageAnswer(parties, `/status${error === undefined ? '' : `?error=${error}`}`)
}

function pageAnswer({ realm, frontendUrl }: LoginParties, below: string): ClientAnswer {
  return {
    kind: 'redirect',
    location: `${issuerOf({ frontend: frontendUrl }, realm)}/ciba${below}`,
  }
}
