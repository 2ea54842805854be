import type { z } from 'zod'
import { adminAuthorizationSchema } from '../../../domains/administration/admin-permissions-schema.ts'
import { exportedServerSchema } from '../../../domains/authorization/exported-server-schema.ts'
import { PolicyReferences } from '../../../domains/authorization/policy-references.ts'
import {
  type ExportedServer,
  exportedServer,
} from '../../../domains/authorization/resource-server-settings.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { resourceServerAnswer } from '../representations/authorization.ts'
import { givenServer } from './given-server.ts'
import {
  authorizationPath,
  changeResourceServer,
  holdsAdminPermissions,
  managesAuthorization,
  requireResourceServer,
  viewsAuthorization,
} from './resource-server-call.ts'

type Deps = Pick<AdminDeps, 'clients' | 'groups' | 'resourceServers' | 'roles' | 'users'>

const serverShape = { name: 'ResourceServerRepresentation', schema: exportedServerSchema }
type ServerBody = z.output<typeof serverShape.schema>

/** The resource server itself: its settings, and everything of it as a file. */
export function registerResourceServer(routes: AdminRoutes<Deps>, deps: Deps): void {
  const references = new PolicyReferences(deps)
  routes.add({
    method: 'GET',
    path: authorizationPath,
    may: viewsAuthorization,
    answer: resourceServerAnswer,
    handle: async (call) => {
      const { client, server } = await requireResourceServer(call)
      const { decisionStrategy, ...first } = server.settings
      const empty = { resources: [], policies: [], scopes: [] }
      const schema = holdsAdminPermissions(client)
        ? { authorizationSchema: adminAuthorizationSchema() }
        : {}
      return {
        id: client.id,
        clientId: client.id,
        name: client.clientId,
        ...first,
        ...empty,
        decisionStrategy,
        ...schema,
      }
    },
  })
  routes.add<ServerBody | undefined>({
    method: 'PUT',
    path: authorizationPath,
    may: managesAuthorization,
    body: serverShape,
    event: { operation: 'UPDATE', resourceType: 'AUTHORIZATION_RESOURCE_SERVER' },
    handle: async (call) => {
      call.describe({ representation: await sentServer(call) })
      const { allowRemoteResourceManagement, policyEnforcementMode, decisionStrategy } =
        call.body ?? {}
      await changeResourceServer(call, (server) => ({
        ...server,
        settings: {
          allowRemoteResourceManagement:
            allowRemoteResourceManagement ?? server.settings.allowRemoteResourceManagement,
          policyEnforcementMode: policyEnforcementMode ?? server.settings.policyEnforcementMode,
          decisionStrategy: decisionStrategy ?? server.settings.decisionStrategy,
        },
      }))
    },
  })
  routes.add({
    method: 'GET',
    path: `${authorizationPath}/settings`,
    may: managesAuthorization,
    answer: resourceServerAnswer,
    handle: async (call) => {
      const { client, server } = await requireResourceServer(call)
      const names = new Map<string, string>()
      for (const { ownerId } of server.resources) {
        if (ownerId === client.id || names.has(ownerId)) continue
        const user = await deps.users.byId(call.realm.id, ownerId)
        if (user) names.set(ownerId, user.username)
      }
      return await exportedServer(call.realm, server, references, names)
    },
  })
  routes.add<ServerBody | undefined>({
    method: 'POST',
    path: `${authorizationPath}/import`,
    may: managesAuthorization,
    body: serverShape,
    event: { operation: 'UPDATE', resourceType: 'AUTHORIZATION_RESOURCE_SERVER' },
    handle: async (call) => {
      const given = (call.body ?? {}) as ExportedServer
      await requireResourceServer(call)
      await changeResourceServer(call, await givenServer(call, given))
    },
  })
}

/** What the event of a change of the whole says: Keycloak's representation of the server, with what was sent. */
async function sentServer(call: AdminCall<ServerBody | undefined, Deps>) {
  const { client } = await requireResourceServer(call)
  const empty = { resources: [], policies: [], scopes: [] }
  return { ...empty, ...call.body, id: client.id, clientId: client.id, name: client.clientId }
}
