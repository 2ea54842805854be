import type { FastifyInstance } from 'fastify'
import { OutgoingRequests } from '../http/outgoing-requests.ts'
import { registerLoginActions } from '../login/register-login-actions.ts'
import { registerDocker } from '../protocols/docker/register-docker.ts'
import { registerHostnameDebug } from '../protocols/hostname-debug/register-hostname-debug.ts'
import { AuthorizationResponses } from '../protocols/oidc/authorization/authorization-responses.ts'
import { PushedAuthorizationRequests } from '../protocols/oidc/authorization/pushed-authorization-requests.ts'
import { registerAuthorizationEndpoint } from '../protocols/oidc/authorization/register-authorization-endpoint.ts'
import { RequestObjects } from '../protocols/oidc/authorization/request-objects.ts'
import { ClientIdDocuments } from '../protocols/oidc/client-id-metadata/client-id-documents.ts'
import type { PublishedDocuments } from '../protocols/oidc/discovery/published-documents.ts'
import { registerOidc } from '../protocols/oidc/register-oidc.ts'
import { composeCiba } from './compose-ciba.ts'
import { composeConsoles } from './compose-consoles.ts'
import { composeFederation } from './compose-federation.ts'
import { composeLogin } from './compose-login.ts'
import { composePages } from './compose-pages.ts'
import type { Domains } from './domains.ts'
import type { Foundation } from './foundation.ts'

/**
 * Registers every endpoint but those of Admin REST (`compose-admin.ts`): one `registerXxx(app, deps)` each.
 * @returns what is published of realms
 */
export async function registerProtocols(
  app: FastifyInstance,
  foundation: Foundation,
  domains: Domains,
): Promise<PublishedDocuments> {
  const { urls, settings, clientCertificates } = foundation
  const { relativePath } = settings.http
  const { firstAdministrator } = domains.transfer
  const { mailbox, themes, themeTexts: texts } = domains
  const { realms, clients } = domains
  const visible = { urls, realms, clients, firstAdministrator }
  const pages = await composePages(app, { ...visible, mailbox, texts, themes })
  const { clock } = foundation
  composeConsoles(app, { ...domains, urls, clientCertificates, clock })
  if (settings.values.flag('hostname-debug')) {
    registerHostnameDebug(app, { ...domains, urls, settings: hostnameValues(settings) })
  }
  const ciba = composeCiba(foundation, domains)
  const login = composeLogin(foundation, domains, pages, ciba)
  if (settings.features.has('DOCKER')) {
    registerDocker(app, { ...domains, urls, clock, directGrant: login.directGrant })
  }
  const pushedRequests = new PushedAuthorizationRequests({ singleUse: domains.singleUse, clock })
  const documents = new OutgoingRequests(settings.outgoing)
  const requestObjects = new RequestObjects({
    ...domains,
    clock,
    fetchText: (url) => documents.text(url),
  })
  const responses = new AuthorizationResponses({ ...domains, clock })
  const log = foundation.loggers.of('org.keycloak.services')
  const clientIdDocuments = settings.features.has('CIMD')
    ? new ClientIdDocuments({
        ...domains,
        clock,
        limits: settings.metadataDocuments,
        fetchDocument: (url, bytesMax) => documents.document(url, bytesMax),
      })
    : null
  const authorization = { urls, pushedRequests, requestObjects, responses, clientIdDocuments }
  registerAuthorizationEndpoint(app, { ...domains, ...authorization, login: login.start })
  registerLoginActions(app, { ...domains, urls, ...login.actions })
  return registerOidc(app, {
    ...domains,
    urls,
    clientCertificates,
    clock,
    pages,
    directGrant: login.directGrant,
    loginStates: login.states,
    seals: login.seals,
    pushedRequests,
    requestObjects,
    log,
    deviceRequests: login.deviceRequests,
    ...ciba,
    ...composeFederation(foundation),
    visits: login.actions.visits,
    login: login.start,
    relativePath,
    outgoing: settings.outgoing,
    features: settings.features,
  })
}

/** What decides on the addresses of the server. */
function hostnameValues({ values }: Foundation['settings']): ReadonlyMap<string, string> {
  const names = [
    ...['hostname', 'hostname-admin', 'hostname-strict', 'hostname-backchannel-dynamic'],
    ...['proxy-headers', 'proxy-trusted-addresses', 'http-relative-path'],
  ]
  return new Map(names.map((name) => [name, values.text(name) ?? '']))
}
