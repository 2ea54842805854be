import { isReservedClientId } from '../../../domains/administration/administration.ts'
import type { Client, ClientRepresentation } from '../../../domains/clients/client.ts'
import { isConfidential, newClientSecret } from '../../../domains/clients/client-defaults.ts'
import { validateClient } from '../../../domains/clients/validate-client.ts'
import { ModelError } from '../../../domains/realms/model-error.ts'
import { epochSeconds } from '../../../shared/clock.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, duplicateResource, forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { type ClientBody, clientShape } from '../representations/client.ts'
import { clientRepresentation } from './client-representation.ts'
import { storedMembers } from './clients-resource.ts'
import { requireClient } from './require-client.ts'
import { followClient } from './service-account.ts'

/** Clients that a realm does not work without. */
const builtIn: ReadonlySet<string> = new Set([
  'account',
  'account-console',
  'admin-cli',
  'broker',
  'realm-management',
  'security-admin-console',
])

/** `GET`, `PUT` and `DELETE /clients/{id}`, and the client's secret. */
export function registerClientResource(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/clients/:clientUuid',
    may: viewsClients,
    handle: async (call) => clientRepresentation(await requireClient(call), call.permissions),
  })
  registerUpdate(routes, deps)
  routes.add({
    method: 'DELETE',
    path: '/clients/:clientUuid',
    may: managesClient,
    handle: async (call) => {
      const client = await requireClient(call)
      if (isBuiltIn(client)) throw badRequest('invalid_request', 'Could not delete client')
      const user = await deps.users.serviceAccountOf(call.realm.id, client.id)
      await deps.database.transaction(async (tx) => {
        await deps.clients.remove(tx, client)
        if (user) await deps.userLifecycle.removeIn(tx, call.realm, user)
      })
      call.record('DELETE', 'CLIENT', `clients/${client.id}`)
      call.reply.header('cache-control', 'no-cache')
    },
  })
  registerSecret(routes, deps)
}

function isBuiltIn({ clientId, representation }: Client): boolean {
  return builtIn.has(clientId) || representation.attributes?.['realm_client'] === 'true'
}

function registerUpdate(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add<ClientBody | undefined>({
    method: 'PUT',
    path: '/clients/:clientUuid',
    may: managesClient,
    body: clientShape,
    handle: async (call) => {
      const client = await requireClient(call)
      const body = call.body ?? ({} as ClientBody)
      const representation = updated(deps, client.representation, body)
      const { clientId = client.clientId, enabled = client.enabled } = body
      if (isReservedClientId(call.realm, clientId)) throw forbidden()
      validateClient({ ...representation, clientId }, call.realm)
      const next = { ...client, clientId, enabled, representation }
      try {
        await deps.database.transaction((tx) => deps.clients.update(tx, next, client.clientId))
      } catch (error) {
        if (error instanceof ModelError && error.reason === 'duplicate') throw duplicateResource()
        throw error
      }
      await followClient(deps, call.realm, client, next)
      call.record('UPDATE', 'CLIENT', `clients/${client.id}`, body)
    },
  })
}

/** Members that are missing stay; attributes are merged, and those given as null or empty go. Scopes have endpoints of their own. */
function updated(
  deps: AdminDeps,
  present: Readonly<ClientRepresentation>,
  body: ClientBody,
): ClientRepresentation {
  const {
    defaultClientScopes: _,
    optionalClientScopes: __,
    attributes,
    ...members
  } = storedMembers(body)
  const merged = Object.entries({ ...present.attributes, ...attributes }).filter(
    ([, value]) => (value as string | null) !== null && value !== '',
  )
  const next: ClientRepresentation = {
    ...present,
    ...members,
    attributes: Object.fromEntries(merged),
  }
  if (isConfidential(next) && !next.secret) {
    next.secret = newClientSecret()
    next.attributes = { ...next.attributes, ...createdNow(deps) }
  }
  return next
}

function createdNow({ clock }: AdminDeps): Record<string, string> {
  return { 'client.secret.creation.time': String(epochSeconds(clock)) }
}

function registerSecret(routes: AdminRoutes, deps: AdminDeps): void {
  const path = '/clients/:clientUuid/client-secret'
  routes.add({
    method: 'GET',
    path,
    may: viewsClients,
    handle: async (call) => {
      const { secret } = (await requireClient(call)).representation
      return { type: 'secret', ...(secret === undefined ? {} : { value: secret }) }
    },
  })
  routes.add({
    method: 'POST',
    path,
    may: managesClient,
    handle: async (call) => {
      const client = await requireClient(call)
      const secret = newClientSecret()
      const attributes = { ...client.representation.attributes, ...createdNow(deps) }
      const representation = { ...client.representation, secret, attributes }
      await deps.database.transaction((tx) =>
        deps.clients.update(tx, { ...client, representation }),
      )
      call.record('ACTION', 'CLIENT', `clients/${client.id}/client-secret`)
      return { type: 'secret', value: secret }
    },
  })
}
