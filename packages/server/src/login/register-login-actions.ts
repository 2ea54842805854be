import type { FastifyInstance } from 'fastify'
import type { FlowPurpose } from '../domains/flows/flow-purpose.ts'
import type { Realms } from '../domains/realms/realms.ts'
import type { BrowserAnswer } from '../http/browser-request.ts'
import type { ServerUrls } from '../http/server-urls.ts'
import type { ActionPages } from './action-pages.ts'
import type { ActionTokenPages } from './action-token-pages.ts'
import type { AuthenticatePages } from './authenticate-pages.ts'
import type { DetachedPages } from './detached-pages.ts'
import type { LoginVisit, LoginVisits } from './login-visit.ts'
import { pageRoute, refusalTexts } from './page-route.ts'

export interface LoginActionsDeps {
  readonly realms: Pick<Realms, 'byName'>
  readonly urls: ServerUrls
  readonly visits: LoginVisits
  readonly authenticate: AuthenticatePages
  readonly actions: ActionPages
  readonly detached: DetachedPages
  readonly actionTokens: ActionTokenPages
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
  const page = (answer: Answer) =>
    pageRoute(
      { ...deps, pages: deps.detached },
      {
        answer: async (realm, browser) => answer(await deps.visits.open(realm, browser)),
        refused: (realm, browser, refusal) => {
          const visit = deps.visits.unread(realm, browser)
          return deps.detached.error(visit, null, 400, { key: refusalTexts[refusal] })
        },
      },
    )
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
    page((visit) => deps.actionTokens.open(visit)),
  )
  app.get(
    `${root}/awaited`,
    page((visit) => actions.awaited(visit)),
  )
}
