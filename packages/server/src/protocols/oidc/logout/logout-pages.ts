import type { FastifyReply } from 'fastify'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { FrontchannelClient } from '../../../domains/tokens/client-logouts.ts'
import { issuerOf } from '../../../domains/tokens/tokens.ts'
import { resolvedRootUrl, type ServerPlaces } from '../../../domains/tokens/web-origins.ts'
import { renderError } from '../../../pages/login/render-error.ts'
import { renderFrontchannelLogout } from '../../../pages/login/render-frontchannel-logout.ts'
import { renderInfo } from '../../../pages/login/render-info.ts'
import { renderLogoutConfirm } from '../../../pages/login/render-logout-confirm.ts'
import type { PageContext } from '../../../pages/page-context.ts'
import { pageHeaders } from '../../../pages/page-headers.ts'
import type { Pages } from '../../../pages/pages.ts'
import type { LogoutProblem } from './logout-problem.ts'

/** What the pages of one logout have in common. */
export interface LogoutPageRequest {
  readonly realm: Realm
  readonly places: ServerPlaces
  readonly locale: string
  readonly client: Client | null
}

/** The pages of a logout. */
export class LogoutPages {
  readonly #pages: Pages

  constructor(pages: Pages) {
    this.#pages = pages
  }

  /** Asks whether the user wants to log out. */
  confirm(
    reply: FastifyReply,
    request: LogoutPageRequest,
    action: string,
    sessionCode: string,
  ): FastifyReply {
    const clientUrl = homeOf(request)
    const html = renderLogoutConfirm(this.#context(request), { action, sessionCode, clientUrl })
    return this.#send(reply, request, 200, html)
  }

  /** Says that the user is logged out. */
  done(reply: FastifyReply, request: LogoutPageRequest): FastifyReply {
    const html = renderInfo(this.#context(request, true), {
      message: { key: 'successLogout' },
      clientUrl: homeOf(request),
    })
    return this.#send(reply, request, 200, html)
  }

  /** Lets the browser tell clients; their hosts must be allowed as frames. */
  frontchannel(
    reply: FastifyReply,
    request: LogoutPageRequest,
    clients: readonly FrontchannelClient[],
    continueUrl: string | null,
  ): FastifyReply {
    const html = renderFrontchannelLogout(this.#context(request), {
      clients,
      ...(continueUrl === null ? {} : { continueUrl }),
    })
    this.#send(reply, request, 200, html, withFrameHosts(clients))
    return reply
  }

  error(reply: FastifyReply, request: LogoutPageRequest, problem: LogoutProblem): FastifyReply {
    const html = renderError(this.#context(request, true), {
      message: { key: problem.key, params: [...problem.params] },
    })
    return this.#send(reply, request, 400, html)
  }

  /** @param detached whether the page can be shown again, in another language */
  #context({ realm, places, locale, client }: LogoutPageRequest, detached = false): PageContext {
    const again = `${issuerOf(places, realm)}/login-actions/detached-info?kc_locale=`
    const localeUrl = (tag: string) => again + encodeURIComponent(tag)
    const serverUrl = places.frontend
    const languages = detached ? { localeUrl } : {}
    return this.#pages.context({ realm, client, serverUrl, locale, ...languages })
  }

  #send(
    reply: FastifyReply,
    { realm, locale }: LogoutPageRequest,
    status: number,
    html: string,
    adjust: (policy: string) => string = (policy) => policy,
  ): FastifyReply {
    for (const [name, value] of Object.entries(pageHeaders(realm))) {
      reply.header(name, name === 'content-security-policy' ? adjust(value) : value)
    }
    reply.code(status).header('cache-control', 'no-cache').header('content-language', locale)
    return reply.type('text/html;charset=utf-8').send(html)
  }
}

function withFrameHosts(clients: readonly FrontchannelClient[]): (policy: string) => string {
  const hosts = [...new Set(clients.map(({ logoutUrl }) => new URL(logoutUrl).host))]
  return (policy) => policy.replace(/frame-src 'self'/, `frame-src 'self' ${hosts.join(' ')} `)
}

/** The client's home page, for the way back. */
function homeOf({ client, places }: LogoutPageRequest): string | undefined {
  const url = client?.representation.baseUrl
  if (!client || !url) return undefined
  return url.startsWith('/') ? resolvedRootUrl(client, places) + url : url
}
