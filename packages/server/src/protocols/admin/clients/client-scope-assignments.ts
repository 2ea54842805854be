import type { ClientRepresentation } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { clientScopeAnswer } from '../representations/client-scope.ts'
import { placeOf } from '../route-event.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle' | 'clients'>

type Member = 'defaultClientScopes' | 'optionalClientScopes'

/** `/clients/{id}/default-client-scopes` and `…/optional-client-scopes`. A scope is in one of both. */
export function registerClientScopeAssignments(routes: AdminRoutes<Deps>): void {
  register(routes, '/clients/:clientUuid/default-client-scopes', 'defaultClientScopes')
  register(routes, '/clients/:clientUuid/optional-client-scopes', 'optionalClientScopes')
}

function register(routes: AdminRoutes<Deps>, path: string, member: Member): void {
  const other = member === 'defaultClientScopes' ? 'optionalClientScopes' : 'defaultClientScopes'
  routes.add({
    method: 'GET',
    path,
    may: viewsClients,
    answer: listOf(clientScopeAnswer),
    handle: async (call) => {
      const names = (await requireClient(call)).representation[member] ?? []
      const scopes = new Map(call.realm.clientScopes.map((scope) => [scope.name, scope.id]))
      return names.flatMap((name) => {
        const id = scopes.get(name)
        return id === undefined ? [] : [{ id, name }]
      })
    },
  })
  routes.add({
    method: 'PUT',
    path: `${path}/:scopeId`,
    may: managesClient,
    handle: async (call) => {
      const name = scopeName(call)
      await change(call, 'CREATE', path, (client) => ({
        ...client,
        [member]: [...new Set([...(client[member] ?? []), name])],
        [other]: (client[other] ?? []).filter((each) => each !== name),
      }))
    },
  })
  routes.add({
    method: 'DELETE',
    path: `${path}/:scopeId`,
    may: managesClient,
    handle: async (call) => {
      const name = scopeName(call)
      await change(call, 'DELETE', path, (client) => ({
        ...client,
        [member]: (client[member] ?? []).filter((each) => each !== name),
      }))
    },
  })
}

function scopeName({ realm, params }: { realm: Realm; params: Readonly<Record<string, string>> }) {
  const scope = realm.clientScopes.find(({ id }) => id === params['scopeId'])
  if (!scope) throw notFound('Client scope not found')
  return scope.name
}

async function change(
  call: AdminCall<unknown, Deps>,
  operation: 'CREATE' | 'DELETE',
  path: string,
  write: (client: Readonly<ClientRepresentation>) => ClientRepresentation,
): Promise<void> {
  const { deps, realm, params } = call
  const { id } = await requireClient(call)
  const at = placeOf(`${path}/:scopeId`, params)
  const trace = await call.trace(operation, 'CLIENT_SCOPE_CLIENT_MAPPING', at)
  await deps.clientLifecycle.change(
    realm,
    id,
    (client) => ({ ...client, representation: write(client.representation) }),
    trace,
  )
}
