import type { Client } from '../../../domains/clients/client.ts'
import type { ClientScope, ProtocolMapper } from '../../../domains/realms/realm.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { viewsClients } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { evaluatedMapperAnswer } from '../representations/client.ts'
import { roleAnswer } from '../representations/role.ts'
import { roleRepresentation } from '../roles/role-representation.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clients' | 'roles'>

const path = '/clients/:clientUuid/evaluate-scopes'

/** What a client would get for a scope parameter: roles that its scope lets through, and mappers that act. */
export function registerEvaluateScopes(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: `${path}/protocol-mappers`,
    may: viewsClients,
    query: { scope: 'text' },
    answer: listOf(evaluatedMapperAnswer),
    handle: async (call) => {
      const client = await requireClient(call)
      const { protocol = 'openid-connect', protocolMappers = [] } = client.representation
      const containers = [
        ...scopesOf(call, client).map((scope) => ({
          container: { id: scope.id, name: scope.name, type: 'client-scope' },
          mappers: scope.protocolMappers,
        })),
        {
          container: { id: client.id, name: client.representation.name ?? '', type: 'client' },
          mappers: protocolMappers,
        },
      ]
      return containers.flatMap(({ container, mappers }) =>
        mappers
          .filter((mapper) => mapper.protocol === protocol)
          .map((mapper) => evaluatedMapper(mapper, container)),
      )
    },
  })
  for (const [suffix, granted] of [
    ['granted', true],
    ['not-granted', false],
  ] as const) {
    routes.add({
      method: 'GET',
      path: `${path}/scope-mappings/:container/${suffix}`,
      may: viewsClients,
      query: { scope: 'text' },
      answer: listOf(roleAnswer),
      handle: async (call) => {
        const client = await requireClient(call)
        const clientUuid = await ownerOf(call, call.params['container'] ?? '')
        const roles = await deps.roles.list({ realmId: call.realm.id, clientUuid })
        const visible = await visibleRoles(call, client)
        const found = roles.filter(({ id }) => (visible === 'all' || visible.has(id)) === granted)
        return found.map((role) => roleRepresentation(role, true))
      },
    })
  }
}

function evaluatedMapper(
  { id, name, protocolMapper }: ProtocolMapper,
  container: { readonly id: string; readonly name: string; readonly type: string },
) {
  return {
    mapperId: id,
    mapperName: name,
    containerId: container.id,
    containerName: container.name,
    containerType: container.type,
    protocolMapper,
  }
}

/** Default scopes of the client, and those of its optional ones that are asked for. */
function scopesOf(
  { realm, query }: AdminCall<unknown, Deps>,
  { representation }: Client,
): ClientScope[] {
  const asked = new Set((query.text('scope') ?? '').split(' '))
  const { defaultClientScopes = [], optionalClientScopes = [] } = representation
  const names = [...defaultClientScopes, ...optionalClientScopes.filter((name) => asked.has(name))]
  return names.flatMap((name) => realm.clientScopes.find((scope) => scope.name === name) ?? [])
}

/** @returns null for the realm's own roles. @throws HttpError 404 */
async function ownerOf(
  { deps, realm }: AdminCall<unknown, Deps>,
  container: string,
): Promise<string | null> {
  if (container === realm.name || container === realm.id) return null
  const client = await deps.clients.byId(realm.id, container)
  if (!client) throw notFound('Role Container not found')
  return client.id
}

/** Ids of the roles that the client's tokens may show, whoever has them. */
async function visibleRoles(
  call: AdminCall<unknown, Deps>,
  client: Client,
): Promise<ReadonlySet<string> | 'all'> {
  if (client.representation.fullScopeAllowed !== false) return 'all'
  const { deps, realm } = call
  const containers = [client.id, ...scopesOf(call, client).map(({ id }) => id)]
  const mapped = await Promise.all(containers.map((id) => deps.roles.inScopeOf(realm.id, id)))
  const own = await deps.roles.ofClient(realm.id, client.id)
  return new Set([...mapped.flat(), ...own].map(({ id }) => id))
}
