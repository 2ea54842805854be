import {
  type AdapterConfiguration,
  adapterConfiguration,
} from '../../../domains/clients/adapter-configuration.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { plainText } from '../representations/answer.ts'
import { type Deployment, subsystemCommands, subsystemXml } from './jboss-subsystem.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clients' | 'roles' | 'urls'>

/** What applications are configured with, by Keycloak's id of the form. */
const installations: ReadonlyMap<string, (configuration: AdapterConfiguration) => string> = new Map<
  string,
  (configuration: AdapterConfiguration) => string
>([
  ['keycloak-oidc-keycloak-json', asJavaWrites],
  ['keycloak-oidc-jboss-subsystem', (configuration) => subsystemXml(deploymentOf(configuration))],
  [
    'keycloak-oidc-jboss-subsystem-cli',
    (configuration) => subsystemCommands(deploymentOf(configuration)),
  ],
])

/** `GET /clients/{id}/installation/providers/{provider}`: what an application is configured with. */
export function registerClientInstallation(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid/installation/providers/:provider',
    may: anyOf(['view-clients', 'manage-clients']),
    answer: plainText,
    handle: async (call) => {
      const client = await requireClient(call)
      const installation = installations.get(call.params['provider'] ?? '')
      if (!installation) throw notFound('Unknown Provider')
      const hasRoles = (await deps.roles.ofClient(call.realm.id, client.id)).length > 0
      const serverUrl = `${deps.urls.frontend(call.request)}/`
      const text = installation(adapterConfiguration(call.realm, client, serverUrl, hasRoles))
      return call.reply.type('text/plain').send(text)
    },
  })
}

/** The members of `keycloak.json` that application servers know, under the names that they have there. */
function deploymentOf({ credentials = {}, ...members }: AdapterConfiguration): Deployment {
  const shown = ['realm', 'auth-server-url', 'bearer-only', 'public-client', 'ssl-required']
  const settings = [...shown, 'resource', 'verify-token-audience']
    .filter((name) => members[name] !== undefined)
    .map((name) => {
      const value = members[name] as string | boolean
      return [name, name === 'ssl-required' ? String(value).toUpperCase() : value] as const
    })
  return { settings, credentials, usesRoles: members['use-resource-role-mappings'] === true }
}

/** JSON with a blank on both sides of each colon. */
function asJavaWrites(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/^(\s*"[^"]*"):/gm, '$1 :')
}
