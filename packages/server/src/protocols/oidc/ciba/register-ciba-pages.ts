import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Realm } from '../../../domains/realms/realm.ts'
import { browserRequestOf, sendBrowserAnswer } from '../../../http/browser-request.ts'
import { queryOf } from '../../../http/query.ts'
import type { LoginStart } from '../../../login/login-start.ts'
import type { LoginVisits } from '../../../login/login-visit.ts'
import { renderError } from '../../../pages/login/render-error.ts'
import { renderInfo } from '../../../pages/login/render-info.ts'
import type { PageContext } from '../../../pages/page-context.ts'
import type { OidcDeps } from '../oidc-deps.ts'
import { realmOf, requireUsableRealm } from '../realm-request.ts'
import { sendPage } from '../send-page.ts'
import { cibaLoginRequest } from './ciba-login-protocol.ts'
import { cibaPolicyOf } from './ciba-policy.ts'
import type { CibaRequests } from './ciba-requests.ts'

export interface CibaPagesDeps extends Pick<OidcDeps, 'realms' | 'clients' | 'urls' | 'pages'> {
  readonly cibaRequests: CibaRequests
  readonly login: LoginStart
  readonly visits: Pick<LoginVisits, 'open'>
}

/** Whom the login is for that only finds out who somebody is. */
const accountClientId = 'account'

/** Where users see what clients ask them by backchannel authentication. */
export function registerCibaPages(app: FastifyInstance, deps: CibaPagesDeps): void {
  app.get('/realms/:realm/ciba', async (request, reply) => await asked(deps, request, reply))
  app.get('/realms/:realm/ciba/status', async (request, reply) => {
    const realm = await usableRealm(deps, request)
    const error = queryOf(request).get('error')
    return sendPage(deps, request, reply, realm, (context) => {
      if (error === null) return infoPage(context, 'cibaAgreed')
      const key = error === 'access_denied' ? 'cibaRefused' : 'cibaExpired'
      return renderError(context, { message: { key, params: [] } })
    })
  })
}

/** Who is signed in is asked what waits for them; others sign in first. */
async function asked(deps: CibaPagesDeps, request: FastifyRequest, reply: FastifyReply) {
  const realm = await usableRealm(deps, request)
  const browser = browserRequestOf(request, deps.urls, realm.settings.attributes['frontendUrl'])
  const { signedIn } = await deps.visits.open(realm, browser)
  const nobody = { scope: '', bindingMessage: null }
  if (signedIn === null) {
    const account = await deps.clients.byClientId(realm.id, accountClientId)
    if (account?.enabled) {
      const visit = cibaLoginRequest(null, nobody, null)
      return sendBrowserAnswer(reply, await deps.login.begin(realm, browser, account, visit))
    }
  }
  const resultId = signedIn && (await deps.cibaRequests.shownTo(realm, signedIn.user.id))
  const waiting = resultId ? await deps.cibaRequests.byResultId(realm, resultId) : null
  const client = waiting && (await deps.clients.byId(realm.id, waiting.clientUuid))
  if (waiting?.status !== 'pending' || !client?.enabled || !cibaPolicyOf(realm, client).enabled) {
    return sendPage(deps, request, reply, realm, (context) => infoPage(context, 'cibaNothing'))
  }
  const login = cibaLoginRequest(resultId, waiting, signedIn?.user.username ?? null)
  return sendBrowserAnswer(reply, await deps.login.begin(realm, browser, client, login))
}

async function usableRealm(deps: CibaPagesDeps, request: FastifyRequest): Promise<Realm> {
  const realm = await realmOf(deps, request)
  requireUsableRealm(deps, request, realm)
  return realm
}

function infoPage(context: PageContext, key: string): string {
  return renderInfo(context, { heading: { key: 'cibaHeader' }, message: { key } })
}
