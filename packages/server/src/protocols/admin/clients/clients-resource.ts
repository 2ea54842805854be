import { isReservedClientId } from '../../../domains/administration/administration.ts'
import { readClient } from '../../../domains/clients/client-reader.ts'
import { type ClientBody, clientShape } from '../../../domains/clients/client-schema.ts'
import { sectorProblem } from '../../../domains/clients/sector-identifier.ts'
import type { AdminTrace } from '../../../domains/events/admin-event.ts'
import type { ClientUuid } from '../../../domains/typed-ids.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { givenServer, readServer } from '../authorization/given-server.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { clientAnswer } from '../representations/client.ts'
import { clientRepresentation } from './client-representation.ts'
import { clientUpdater, withPolicies } from './client-updater.ts'

type Deps = Pick<
  AdminDeps,
  | 'clientChanges'
  | 'clientLifecycle'
  | 'clients'
  | 'groups'
  | 'outgoingRequests'
  | 'resourceServers'
  | 'roles'
  | 'urls'
  | 'users'
>

/** `GET` and `POST /clients`. */
export function registerClients(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/clients',
    may: anyOf(['view-clients', 'manage-clients', 'query-clients']),
    query: { ...paged, clientId: 'text', search: 'flag', q: 'text' },
    answer: listOf(clientAnswer),
    handle: async ({ realm, query, permissions }) => {
      const { attributes } = query
      const page = { first: query.first, max: query.max() }
      const visible = await permissions.visible('client')
      if (visible === null) return []
      const clients = await deps.clients.list({
        realmId: realm.id,
        visible,
        clientId: query.text('clientId')?.trim() || undefined,
        search: query.flag('search') ?? false,
        attributes: Object.keys(attributes).length > 0 ? attributes : undefined,
        ...page,
      })
      return await Promise.all(
        clients.map(async (client) => await clientRepresentation(client, permissions)),
      )
    },
  })
  routes.add<ClientBody | undefined>({
    method: 'POST',
    path: '/clients',
    // Not `create-client`: that role counts for client registration, whose policies bind it.
    may: anyOf(['manage-clients']),
    body: clientShape,
    handle: async (call) => {
      const { realm, body = {} as Partial<ClientBody> } = call
      if (isReservedClientId(realm, body.clientId ?? '')) throw forbidden()
      const takeOver = await authorizationOf(call)
      const updater = clientUpdater(call)
      const given = await withPolicies(() =>
        deps.clientChanges.registering(realm, readClient(body, newUuid), updater),
      )
      const problem = await sectorProblem(given.members, (url) => deps.outgoingRequests.text(url))
      if (problem !== null) throw badRequest('invalid_input', problem)
      const client = await deps.clientLifecycle.create(
        realm,
        given,
        async (uuid) => await traceOf(call, uuid),
        takeOver &&
          (async (tx, { id }) => await deps.resourceServers.changeIn(tx, realm.id, id, takeOver)),
      )
      await withPolicies(() => deps.clientChanges.saved(realm, client, updater, 'REGISTERED'))
      const { id } = client
      return created(call.reply, `${call.realmUrl}/clients/${id}`)
    },
  })
}

/** @returns what takes over the `authorizationSettings` of a new client; undefined where it brings none */
async function authorizationOf(call: AdminCall<ClientBody | undefined, Deps>) {
  const { authorizationServicesEnabled, authorizationSettings } = call.body ?? {}
  if (authorizationSettings === undefined || authorizationSettings === null) return undefined
  if (authorizationServicesEnabled !== true) {
    throw badRequest('Authorization services are not enabled for the client')
  }
  return await givenServer(call, readServer(authorizationSettings))
}

/** A client with authorization services is two things, of which each has its event. */
async function traceOf(
  call: AdminCall<ClientBody | undefined, Deps>,
  id: ClientUuid,
): Promise<AdminTrace> {
  const { body } = call
  const place = `clients/${id}`
  const ofClient = await call.trace('CREATE', 'CLIENT', place, { ...body, id })
  if (body?.authorizationServicesEnabled !== true) return ofClient
  const ofServer = await call.trace('CREATE', 'AUTHORIZATION_RESOURCE_SERVER', place, {
    id,
    clientId: id,
    name: body.clientId,
    allowRemoteResourceManagement: true,
    policyEnforcementMode: 'ENFORCING',
    resources: [],
    policies: [],
    scopes: [],
    decisionStrategy: 'UNANIMOUS',
  })
  return async (tx) => {
    await ofServer(tx)
    await ofClient(tx)
  }
}
