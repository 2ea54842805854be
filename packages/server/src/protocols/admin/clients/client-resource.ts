import { adminPermissionsClientId } from '../../../domains/administration/admin-permissions-schema.ts'
import { isReservedClientId } from '../../../domains/administration/administration.ts'
import type { Client, ClientRepresentation } from '../../../domains/clients/client.ts'
import { readClient } from '../../../domains/clients/client-reader.ts'
import { type ClientBody, clientShape } from '../../../domains/clients/client-schema.ts'
import { changesSector, sectorProblem } from '../../../domains/clients/sector-identifier.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { masked } from '../../../domains/realms/secret-members.ts'
import { newUuid } from '../../../shared/random.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { clientAnswer, secretAnswer } from '../representations/client.ts'
import { clientRepresentation } from './client-representation.ts'
import { clientUpdater, withPolicies } from './client-updater.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<
  AdminDeps,
  'clientChanges' | 'clientLifecycle' | 'clients' | 'outgoingRequests' | 'urls'
>

/** Clients that a realm does not work without. */
const builtIn: ReadonlySet<string> = new Set([
  'account',
  'account-console',
  'admin-cli',
  adminPermissionsClientId,
  'broker',
  'realm-management',
  'security-admin-console',
])

/** `GET`, `PUT` and `DELETE /clients/{id}`, and the client's secret. */
export function registerClientResource(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid',
    may: viewsClients,
    answer: clientAnswer,
    handle: async (call) => {
      const client = await requireClient(call)
      await withPolicies(() =>
        deps.clientChanges.touching(call.realm, client, clientUpdater(call), 'VIEW'),
      )
      return await clientRepresentation(client, call.permissions)
    },
  })
  registerUpdate(routes, deps)
  routes.add({
    method: 'DELETE',
    path: '/clients/:clientUuid',
    may: managesClient,
    handle: async (call) => {
      const client = await requireClient(call)
      if (isBuiltIn(client)) throw badRequest('invalid_request', 'Could not delete client')
      await withPolicies(() =>
        deps.clientChanges.touching(call.realm, client, clientUpdater(call), 'UNREGISTER'),
      )
      const { id, clientId } = client
      const trace = await call.trace('DELETE', 'CLIENT', `clients/${id}`, { id, clientId })
      await deps.clientLifecycle.remove(call.realm, client, trace)
    },
  })
  registerSecret(routes, deps)
}

function isBuiltIn({ clientId, representation }: Client): boolean {
  return builtIn.has(clientId) || representation.attributes?.['realm_client'] === 'true'
}

function registerUpdate(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add<ClientBody | undefined>({
    method: 'PUT',
    path: '/clients/:clientUuid',
    may: managesClient,
    body: clientShape,
    handle: async (call) => {
      const { realm, body = {} as Partial<ClientBody> } = call
      const client = await requireClient(call)
      const { id, clientId } = client
      if (isReservedClientId(realm, body.clientId ?? clientId)) throw forbidden()
      const updater = clientUpdater(call)
      const { given } = await withPolicies(() =>
        deps.clientChanges.updating(realm, client, readClient(body, newUuid), updater),
      )
      await requireSector(deps, client, given.members)
      const trace = await call.trace('UPDATE', 'CLIENT', `clients/${id}`, body)
      try {
        await deps.clientLifecycle.update(realm, id, given, trace)
      } catch (error) {
        if (error instanceof ModelError && error.reason === 'duplicate') throw duplicateResource()
        throw error
      }
      const saved = await deps.clients.byId(realm.id, id)
      if (saved)
        await withPolicies(() => deps.clientChanges.saved(realm, saved, updater, 'UPDATED'))
    },
  })
}

/** @throws HttpError 400 where the document of its sector does not list the client's redirect URIs */
async function requireSector(
  deps: Pick<Deps, 'outgoingRequests'>,
  { representation }: Client,
  changed: ClientRepresentation,
): Promise<void> {
  if (!changesSector(representation, changed)) return
  const problem = await sectorProblem({ ...representation, ...changed }, (url) =>
    deps.outgoingRequests.text(url),
  )
  if (problem !== null) throw badRequest('invalid_input', problem)
}

function registerSecret(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/clients/:clientUuid/client-secret'
  routes.add({
    method: 'GET',
    path,
    may: viewsClients,
    answer: secretAnswer,
    handle: async (call) => {
      const { secret } = (await requireClient(call)).representation
      return { type: 'secret', ...(secret === undefined ? {} : { value: secret }) }
    },
  })
  routes.add({
    method: 'POST',
    path,
    may: managesClient,
    answer: secretAnswer,
    handle: async (call) => {
      const client = await requireClient(call)
      const trace = await call.trace('ACTION', 'CLIENT', `clients/${client.id}/client-secret`, {
        type: 'secret',
        value: masked,
      })
      const value = await withPolicies(() =>
        deps.clientChanges.renewSecret(call.realm, client, clientUpdater(call), trace),
      )
      return { type: 'secret', value }
    },
  })
}
