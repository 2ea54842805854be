import { isReservedClientId } from '../../../domains/administration/administration.ts'
import type { Client, ClientRepresentation } from '../../../domains/clients/client.ts'
import { completeClient } from '../../../domains/clients/client-defaults.ts'
import { validateClient } from '../../../domains/clients/validate-client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { withScopes } from '../../../domains/transfer/complete-realm.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { mappersOf } from '../protocol-mappers/protocol-mapper-body.ts'
import { type ClientBody, clientShape } from '../representations/client.ts'
import { clientRepresentation } from './client-representation.ts'
import { ensureServiceAccount } from './service-account.ts'

/** `GET` and `POST /clients`. */
export function registerClients(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/clients',
    may: anyOf(['view-clients', 'manage-clients', 'query-clients']),
    handle: async ({ realm, query, permissions }) => {
      const { attributes } = query
      const page = { first: query.first, max: query.max() }
      if ((await permissions.visible('client')) === 'none') return []
      const clients = await deps.clients.list({
        realmId: realm.id,
        clientId: query.text('clientId')?.trim() || undefined,
        search: query.flag('search') ?? false,
        attributes: Object.keys(attributes).length > 0 ? attributes : undefined,
        ...page,
      })
      return clients.map((client) => clientRepresentation(client, permissions))
    },
  })
  routes.add<ClientBody | undefined>({
    method: 'POST',
    path: '/clients',
    may: anyOf(['manage-clients']),
    body: clientShape,
    handle: async (call) => {
      const { realm } = call
      const body = call.body ?? ({} as ClientBody)
      const client = newClient(deps, realm, body)
      if (isReservedClientId(realm, client.clientId)) throw forbidden()
      validateClient({ ...client.representation, clientId: client.clientId, id: client.id }, realm)
      await deps.database.transaction((tx) => deps.clients.insertAll(tx, [client]))
      if (client.representation.serviceAccountsEnabled) {
        await ensureServiceAccount(deps, realm, { ...client, ver: 0 })
      }
      call.record('CREATE', 'CLIENT', `clients/${client.id}`, body)
      return created(call.reply, `${call.realmUrl}/clients/${client.id}`)
    },
  })
}

function newClient(deps: AdminDeps, realm: Realm, body: ClientBody): Omit<Client, 'ver'> {
  const { id = newUuid(), clientId, enabled = true } = body
  const protocols = new Map(realm.clientScopes.map(({ name, protocol }) => [name, protocol]))
  const given = { protocol: 'openid-connect', ...storedMembers(body) }
  const known = (names: string[] | undefined) => names?.filter((name) => protocols.has(name))
  const complete = withScopes(completeClient(given, deps.clock), realm.settings, protocols)
  const representation: ClientRepresentation = {
    ...complete,
    defaultClientScopes: known(complete.defaultClientScopes) ?? [],
    optionalClientScopes: known(complete.optionalClientScopes) ?? [],
  }
  return { id, realmId: realm.id, clientId: clientId ?? id, enabled, representation }
}

/** @returns the members of a body that the representation stores; what is absent is left out */
export function storedMembers(body: ClientBody): ClientRepresentation {
  const { id: _, clientId: __, enabled: ___, access: ____, origin: _____, ...members } = body
  const { protocolMappers, attributes, authenticationFlowBindingOverrides, ...rest } = members
  const present = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null)
  return {
    ...(Object.fromEntries(present) as ClientRepresentation),
    ...(protocolMappers ? { protocolMappers: mappersOf(protocolMappers) } : {}),
    ...(attributes ? { attributes: attributes as Record<string, string> } : {}),
    ...(authenticationFlowBindingOverrides
      ? { authenticationFlowBindingOverrides: presentTexts(authenticationFlowBindingOverrides) }
      : {}),
  }
}

function presentTexts(map: Record<string, string | null>): Record<string, string> {
  const entries = Object.entries(map).filter(([, value]) => value !== null && value !== '')
  return Object.fromEntries(entries) as Record<string, string>
}
