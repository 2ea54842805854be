import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { FlowPurpose } from '../domains/flows/flow-purpose.ts'
import type { Realms } from '../domains/realms/realms.ts'
import {
  type BrowserAnswer,
  browserRequestOf,
  sendBrowserAnswer,
  wantsHtml,
} from '../http/browser-request.ts'
import { HttpError } from '../http/http-error.ts'
import { requiresHttps } from '../http/requires-https.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import type { ActionPages } from './action-pages.ts'
import type { AuthenticatePages } from './authenticate-pages.ts'
import type { DetachedPages } from './detached-pages.ts'
import type { LoginVisit, LoginVisits } from './login-visit.ts'

export interface LoginActionsDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly urls: ServerUrls
  readonly visits: LoginVisits
  readonly authenticate: AuthenticatePages
  readonly actions: ActionPages
  readonly detached: DetachedPages
}

/** @returns the text that says why nobody signs in to the realm this way; undefined when they may */
function refusalOf({ realm, browser }: LoginVisit): string | undefined {
  const secure = browser.frontendUrl.startsWith('https:')
  if (!secure && requiresHttps(realm.settings.sslRequired, browser.ipAddress)) {
    return 'httpsRequiredMessage'
  }
  return realm.enabled ? undefined : 'realmNotEnabledMessage'
}

/** Where the forms of a flow are, by what it is for. */
const flowPaths: readonly (readonly [path: string, purpose: FlowPurpose])[] = [
  ['authenticate', 'browser'],
  ['registration', 'registration'],
  ['reset-credentials', 'reset-credentials'],
]

type Answer = (visit: LoginVisit) => Promise<BrowserAnswer>

/** The addresses that the pages of a login post to and link to (`/realms/{realm}/login-actions/…`). */
export function registerLoginActions(app: FastifyInstance, deps: LoginActionsDeps): void {
  const { authenticate, actions } = deps
  const page = (answer: Answer) => async (request: FastifyRequest, reply: FastifyReply) => {
    const { realm: name } = request.params as { realm: string }
    const realm = await deps.realms.byName(name)
    if (realm === null) {
      if (wantsHtml(request)) return sendBrowserAnswer(reply, deps.detached.unknownRealm())
      throw new HttpError(404, { error: 'Realm does not exist' })
    }
    const visit = await deps.visits.open(
      realm,
      browserRequestOf(request, deps.urls, realm.settings.attributes['frontendUrl']),
    )
    const refused = refusalOf(visit)
    if (refused === undefined) return sendBrowserAnswer(reply, await answer(visit))
    return sendBrowserAnswer(reply, await deps.detached.error(visit, null, 400, { key: refused }))
  }
  const root = '/realms/:realm/login-actions'
  for (const [path, purpose] of flowPaths) {
    app.get(
      `${root}/${path}`,
      page((visit) => authenticate.show(visit, purpose)),
    )
    app.post(
      `${root}/${path}`,
      page((visit) => authenticate.submit(visit, purpose)),
    )
  }
  app.get(
    `${root}/restart`,
    page((visit) => authenticate.restart(visit)),
  )
  app.get(
    `${root}/required-action`,
    page((visit) => actions.show(visit)),
  )
  app.post(
    `${root}/required-action`,
    page((visit) => actions.submit(visit)),
  )
  app.post(
    `${root}/consent`,
    page((visit) => actions.consent(visit)),
  )
  app.get(
    `${root}/detached-info`,
    page((visit) => deps.detached.show(visit)),
  )
  app.get(
    `${root}/action-token`,
    page(async (visit) => authenticate.invalidActionToken(visit)),
  )
}
