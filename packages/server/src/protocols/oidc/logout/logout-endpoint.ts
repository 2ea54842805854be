import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { EndedSession } from '../../../domains/sessions/sessions.ts'
import { boundTo } from '../../../domains/tokens/confirmation.ts'
import type { IdentityTokens } from '../../../domains/tokens/identity-tokens.ts'
import type { Claims } from '../../../domains/tokens/token-context.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import type { ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import type { SessionId } from '../../../domains/typed-ids.ts'
import { cookiesOf } from '../../../http/cookies.ts'
import { placesOf } from '../../../login/request-places.ts'
import type { SessionLogout } from '../../../login/session-logout.ts'
import { chooseLocale } from '../../../pages/messages/choose-locale.ts'
import { randomBase64Url } from '../../../shared/random.ts'
import type { ClientAuthentication } from '../client-authentication/client-authentication.ts'
import { claimsOfToken, enforcePolicies } from '../client-policies/enforce-policies.ts'
import { requestConfirmation } from '../confirmation/request-confirmation.ts'
import { requireConfirmation } from '../confirmation/require-confirmation.ts'
import { requireClientOrigin } from '../cross-origin.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { formOf, realmOf, requireUsableRealm } from '../realm-request.ts'
import { logoutConfirmation } from './logout-confirmation.ts'
import type { LogoutPageRequest, LogoutPages } from './logout-pages.ts'
import { LogoutProblem } from './logout-problem.ts'
import { type LogoutRequest, readLogoutRequest } from './logout-request.ts'
import { type LogoutVisit, localeCookie, openLogoutVisit } from './logout-visit.ts'
import { refreshTokenOwner } from './refresh-token-logout.ts'

export interface LogoutDeps
  extends Pick<
    OidcDeps,
    | 'realms'
    | 'clients'
    | 'keys'
    | 'sessions'
    | 'tokens'
    | 'events'
    | 'urls'
    | 'clock'
    | 'loginStates'
    | 'seals'
    | 'dpopProofs'
    | 'clientCertificates'
    | 'policyEnforcement'
  > {
  readonly clientAuthentication: ClientAuthentication
  readonly clientLogouts: SessionLogout
  readonly identityTokens: IdentityTokens
  readonly pages: LogoutPages
}

/** How long a confirmation page may be left open. */
const confirmationMs = 1_800_000

/** One logout request with everything around it. */
interface Logout extends LogoutPageRequest {
  readonly http: FastifyRequest
  readonly reply: FastifyReply
  readonly visit: LogoutVisit
  readonly redirectUrl: string | null
}

/** RP-initiated logout: by the browser with a hint or a confirmation, or by the client with its refresh token. */
export class LogoutEndpoint {
  readonly #deps: LogoutDeps

  constructor(deps: LogoutDeps) {
    this.#deps = deps
  }

  /** `GET` and `POST …/logout` of a browser. */
  async start(http: FastifyRequest, reply: FastifyReply, parameters: URLSearchParams) {
    const opened = await this.#open(http, reply, parameters)
    try {
      const { realm, places } = opened
      const request = await readLogoutRequest(this.#deps, realm, places, parameters)
      const logout = { ...opened, client: request.client, redirectUrl: request.redirectUrl }
      reply.header('set-cookie', opened.visit.browserCookie)
      if (needsConfirmation(request, opened.visit)) return await this.#askFirst(logout)
      const sessionId = opened.visit.session?.id ?? request.hint?.sessionId ?? null
      return await this.#end(logout, sessionId)
    } catch (error) {
      if (!(error instanceof LogoutProblem)) throw error
      return await this.#refuse(opened, error)
    }
  }

  /** `POST …/logout/logout-confirm`: the answer to the confirmation page. */
  async confirm(http: FastifyRequest, reply: FastifyReply) {
    const opened = await this.#open(http, reply, new URLSearchParams())
    const { realm, visit } = opened
    const code = formOf(http).get('session_code') ?? ''
    const to = { realmId: realm.id, browserId: visit.browserId }
    const asked = await this.#deps.seals.open(logoutConfirmation, to, code)
    if (asked === undefined || asked.expiresAt <= this.#deps.clock.now()) {
      return await this.#refuse(opened, new LogoutProblem('expiredCodeMessage'))
    }
    const { clientUuid, redirectUrl } = asked
    const client = clientUuid === null ? null : await this.#deps.clients.byId(realm.id, clientUuid)
    return await this.#end({ ...opened, client, redirectUrl }, visit.session?.id ?? null)
  }

  /** `POST …/logout` of a client that shows its user's refresh token. */
  async byRefreshToken(http: FastifyRequest, reply: FastifyReply) {
    const realm = await realmOf(this.#deps, http)
    requireUsableRealm(this.#deps, http, realm)
    const form = formOf(http)
    const places = placesOf(this.#deps, http, realm)
    const { client } = await this.#deps.clientAuthentication.authenticateActive(
      http,
      form,
      realm,
      places,
    )
    requireClientOrigin(http, reply, client, places)
    const text = form.get('refresh_token') ?? ''
    const policed = { realm, client, places, request: http, form }
    await enforcePolicies(this.#deps, 'LOGOUT_REQUEST', policed, { token: claimsOfToken(text) })
    const owner = refreshTokenOwner(this.#deps, realm, client, places, text)
    await this.#requireHolder(http, reply, realm, places, owner.claims)
    const ended = await this.#deps.sessions.endNamed(realm, owner.sessionId, owner.offline)
    if (ended) {
      await this.#deps.clientLogouts.tell(realm, places, ended)
      this.#tell(http, realm, ended, client, null)
    }
    return reply.code(204).header('cache-control', 'no-cache').send()
  }

  /** A bound token is for its holder here too: whoever has found one does not end the session. */
  async #requireHolder(
    http: FastifyRequest,
    reply: FastifyReply,
    realm: Realm,
    places: ServerPlaces,
    claims: Claims,
  ): Promise<void> {
    const { jkt, x5t } = boundTo(claims) ?? {}
    const wanted = { key: jkt !== undefined, certificate: x5t !== undefined }
    if (!wanted.key && !wanted.certificate) return
    const asked = [realm, wanted, places, http, reply, 'logout'] as const
    requireConfirmation(await requestConfirmation(this.#deps, ...asked), claims)
  }

  async #open(http: FastifyRequest, reply: FastifyReply, parameters: URLSearchParams) {
    const realm = await realmOf(this.#deps, http)
    requireUsableRealm(this.#deps, http, realm)
    const places = placesOf(this.#deps, http, realm)
    const cookies = cookiesOf(http)
    const visit = await openLogoutVisit(this.#deps, realm, places, cookies)
    const locale = chooseLocale(realm.settings, {
      kcLocale: parameters.get('kc_locale') ?? undefined,
      uiLocales: parameters.get('ui_locales') ?? undefined,
      cookieLocale: cookies.get(localeCookie),
      acceptLanguage: http.headers['accept-language'],
    })
    return { realm, places, locale, client: null, redirectUrl: null, http, reply, visit }
  }

  /** The state of the confirmation travels sealed in the form, bound to the browser's cookie. */
  async #askFirst({ realm, places, locale, client, redirectUrl, reply, visit }: Logout) {
    const to = { realmId: realm.id, browserId: visit.browserId }
    const expiresAt = this.#deps.clock.now() + confirmationMs
    const asked = { expiresAt, clientUuid: client?.id ?? null, redirectUrl }
    const code = await this.#deps.seals.seal(logoutConfirmation, to, asked)
    const query = new URLSearchParams({
      client_id: client?.clientId ?? 'account',
      tab_id: randomBase64Url(8),
    })
    const action = `${issuerOf(places, realm)}/protocol/openid-connect/logout/logout-confirm?${query}`
    return this.#deps.pages.confirm(reply, { realm, places, locale, client }, action, code)
  }

  async #end(logout: Logout, sessionId: SessionId | null) {
    const { http, realm, places, reply, visit, redirectUrl, client } = logout
    const ended =
      sessionId === null ? null : await this.#deps.sessions.endNamed(realm, sessionId, false)
    for (const cookie of visit.endingCookies) reply.header('set-cookie', cookie)
    const frontchannel = ended ? await this.#deps.clientLogouts.tell(realm, places, ended) : []
    if (ended) this.#tell(http, realm, ended, client, redirectUrl)
    if (frontchannel.length > 0) {
      return this.#deps.pages.frontchannel(reply, logout, frontchannel, redirectUrl)
    }
    if (redirectUrl === null) {
      await this.#keep(logout, 200, { key: 'successLogout' })
      return this.#deps.pages.done(reply, logout)
    }
    return reply
      .code(302)
      .header('cache-control', 'no-cache')
      .header('location', redirectUrl)
      .send()
  }

  async #refuse(logout: Logout, problem: LogoutProblem) {
    const { http, realm, reply } = logout
    await this.#keep(logout, 400, { key: problem.key, params: [...problem.params] })
    this.#deps.events.record({
      type: 'LOGOUT_ERROR',
      realmId: realm.id,
      realmName: realm.name,
      ipAddress: this.#deps.urls.clientAddress(http),
      error:
        problem.key === 'invalidRedirectUriMessage' ? 'invalid_redirect_uri' : 'invalid_request',
    })
    return this.#deps.pages.error(reply, logout, problem)
  }

  /** The page belongs to no tab: a cookie keeps what it says, so that it can be shown in another language. */
  async #keep(
    { realm, reply, visit }: Logout,
    status: number,
    message: { key: string; params?: string[] },
  ): Promise<void> {
    const sealed = await this.#deps.loginStates.sealDetached(realm, { status, message })
    reply.header('set-cookie', visit.detachedCookie(sealed))
  }

  #tell(
    http: FastifyRequest,
    realm: Realm,
    { session }: EndedSession,
    client: Client | null,
    redirectUrl: string | null,
  ): void {
    this.#deps.events.record({
      type: 'LOGOUT',
      realmId: realm.id,
      realmName: realm.name,
      clientId: client?.clientId,
      userId: session.userId,
      sessionId: session.id,
      ipAddress: this.#deps.urls.clientAddress(http),
      details: redirectUrl === null ? {} : { redirect_uri: redirectUrl },
    })
  }
}

/** Without a hint the user is asked, unless there is no session to lose; also when the hint is of another session. */
function needsConfirmation(
  { hint, redirectUrl }: LogoutRequest,
  { session }: LogoutVisit,
): boolean {
  if (hint === null) return session !== null || redirectUrl === null
  return session !== null && hint.sessionId !== null && hint.sessionId !== session.id
}
