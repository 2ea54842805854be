import type { SuccessfulLogin } from '../../../domains/flows/login-protocol.ts'
import type { UserSession } from '../../../domains/sessions/session.ts'
import type { TokenSession } from '../../../domains/tokens/token-context.ts'
import type { Tokens } from '../../../domains/tokens/tokens.ts'
import { type Clock, epochSeconds } from '../../../shared/clock.ts'
import { parseResponseType } from './response-type.ts'

const detachedSignature = 'id.token.as.detached.signature'

export interface FrontChannelTokensDeps {
  readonly tokens: Pick<Tokens, 'access' | 'memberships' | 'accessClaims' | 'sign' | 'idToken'>
  readonly clock: Clock
}

/** Tokens that leave through the browser: implicit and hybrid flows (OpenID Connect Core §3.2, §3.3). */
export class FrontChannelTokens {
  readonly #deps: FrontChannelTokensDeps

  constructor(deps: FrontChannelTokensDeps) {
    this.#deps = deps
  }

  /**
   * @param clientNotes notes of the client session that belongs to the login
   * @returns `id_token`, `access_token`, `token_type` and `expires_in`, as the response type asks for them
   */
  async issue(
    login: SuccessfulLogin,
    session: UserSession,
    clientNotes: Readonly<Record<string, string>>,
    code: string | null,
  ): Promise<[name: string, value: string][]> {
    const { tokens, clock } = this.#deps
    const { realm, client, user, request } = login
    const type = parseResponseType(request.parameters['response_type'] ?? '')
    const subject = {
      realm,
      client,
      user,
      session: tokenSession(session, clientNotes),
      scope: request.scope,
      places: { frontend: login.frontendUrl, admin: login.adminUrl },
      // Keycloak gives tokens without a code their own lifetime.
      implicit: code === null,
    }
    const access = await tokens.access(subject)
    const memberships = await tokens.memberships(user)
    const now = epochSeconds(clock)
    const answer: [string, string][] = []
    const hashed: { accessToken?: string; code?: string; state?: string } = {}
    if (type?.token === true) {
      const claims = tokens.accessClaims({ ...subject, grant: 'na' }, access, memberships, now)
      hashed.accessToken = await tokens.sign(realm, client, 'access', claims)
      answer.push(
        ['access_token', hashed.accessToken],
        ['token_type', 'Bearer'],
        ['expires_in', String(Number(claims['exp']) - now)],
      )
    }
    if (type?.idToken !== true) return answer
    if (code !== null) hashed.code = code
    const { state, nonce } = request.parameters
    if (state !== undefined) hashed.state = state
    const detached = client.representation.attributes?.[detachedSignature] === 'true'
    const wanted = { ...subject, nonce }
    const idToken = await tokens.idToken(wanted, access, memberships, hashed, detached)
    return [['id_token', idToken], ...answer]
  }
}

function tokenSession(session: UserSession, notes: Readonly<Record<string, string>>): TokenSession {
  const { startedAt, lastAccess } = session
  return { ...session, transient: false, client: { startedAt, lastAccess, notes } }
}
