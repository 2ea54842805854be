import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Client } from '../../domains/clients/client.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import { allowedUri } from '../../domains/clients/redirect-uri.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Realms } from '../../domains/realms/realms.ts'
import { HttpError } from '../../http/http-error.ts'
import { queryOf } from '../../http/query.ts'
import type { ServerUrls } from '../../http/server-urls.ts'
import type { Pages } from '../../pages/pages.ts'
import {
  renderSampleApp,
  renderSampleAppAnswer,
  renderSampleAppRealms,
  type SampleClient,
} from '../../pages/welcome/render-sample-app.ts'
import { isLocalVisitor } from './local-visitor.ts'

/** Where `start-dev` has an application that signs users in. */
export const sampleAppPath = '/sample-app'

/** Realms and clients that the pages list. */
const listedMax = 50

/** Clients that the server has for itself. */
const ownClients: ReadonlySet<string> = new Set([
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
])

export interface SampleAppDeps {
  readonly pages: Pages
  readonly urls: ServerUrls
  readonly realms: Pick<Realms, 'byName' | 'names'>
  readonly clients: Pick<Clients, 'list'>
}

/**
 * `GET /sample-app`: the realms; with `realm` in the query the clients of it that run in a browser; with `code` or `error` the
 * answer to a login, which the page's script redeems. For browsers on this machine only, since it names what the server has.
 */
export function registerSampleApp(app: FastifyInstance, deps: SampleAppDeps): void {
  app.get(sampleAppPath, async (request, reply) => {
    if (!isLocalVisitor(request)) throw new HttpError(404, { error: 'HTTP 404 Not Found' })
    const serverUrl = deps.urls.frontend(request)
    const context = deps.pages.context({ realm: null, serverUrl })
    const address = `${serverUrl}${sampleAppPath}`
    const query = queryOf(request)
    if (query.has('code') || query.has('error')) {
      return sent(reply, renderSampleAppAnswer(context, address))
    }
    const admin = deps.urls.admin(request)
    const name = query.get('realm')
    if (name === null) {
      const names = (await deps.realms.names()).filter((each) => each !== 'master')
      const realms = names.slice(0, listedMax)
      return sent(reply, renderSampleAppRealms(context, { realms, address, adminUrl: admin }))
    }
    const realm = await deps.realms.byName(name)
    if (!realm?.enabled) throw new HttpError(404, { error: 'Realm does not exist' })
    const clients = await clientsOf(deps, request, realm, address)
    const model = { realm: name, clients, address, serverUrl, adminUrl: admin }
    return sent(reply, renderSampleApp(context, model))
  })
}

/** Clients without a secret whose users sign in with a browser. */
async function clientsOf(
  { clients, urls }: SampleAppDeps,
  request: FastifyRequest,
  realm: Realm,
  address: string,
): Promise<SampleClient[]> {
  const places = { frontend: urls.frontend(request), admin: urls.admin(request) }
  const all = await clients.list({ realmId: realm.id, max: listedMax + ownClients.size })
  return all.filter(runsInBrowsers).map(({ id, clientId, representation }) => {
    const { redirectUris = [], rootUrl } = representation
    return { id, clientId, leadsBack: allowedUri(address, redirectUris, rootUrl, places) !== null }
  })
}

function runsInBrowsers({ clientId, enabled, representation }: Client): boolean {
  const { publicClient, standardFlowEnabled = true, protocol = 'openid-connect' } = representation
  if (!enabled || ownClients.has(clientId)) return false
  return publicClient === true && standardFlowEnabled && protocol === 'openid-connect'
}

function sent(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .header('x-frame-options', 'DENY')
    .type('text/html;charset=utf-8')
    .send(page)
}
