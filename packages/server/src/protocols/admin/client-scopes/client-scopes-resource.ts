import type { ClientScope } from '../../../domains/realms/realm.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { mappersOf } from '../protocol-mappers/protocol-mapper-body.ts'
import { registerProtocolMappers } from '../protocol-mappers/register-protocol-mappers.ts'
import { type ClientScopeBody, clientScopeShape } from '../representations/client-scope.ts'
import { requireClientScope } from './require-client-scope.ts'

const view = ['view-clients', 'manage-clients'] as const
const manage = ['manage-clients'] as const
const protocols: ReadonlySet<string | undefined> = new Set(['openid-connect', 'saml', 'oid4vc'])

/** `/client-scopes`, the single scope and its protocol mappers. */
export function registerClientScopes(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/client-scopes',
    may: anyOf([...view, 'query-clients']),
    handle: async ({ realm }) => realm.clientScopes.map(clientScopeRepresentation),
  })
  routes.add<ClientScopeBody | undefined>({
    method: 'POST',
    path: '/client-scopes',
    may: anyOf(manage),
    body: clientScopeShape,
    handle: async (call) => {
      const { realm, body = {} as ClientScopeBody } = call
      const name = checkedName(body)
      if (!protocols.has(body.protocol)) throw refused(400, 'Unexpected protocol')
      const scope = {
        id: body.id ?? newUuid(),
        realmId: realm.id,
        name,
        ...(body.description === undefined ? {} : { description: body.description }),
        protocol: body.protocol ?? 'openid-connect',
        attributes: presentTexts(body.attributes ?? {}),
        protocolMappers: mappersOf(body.protocolMappers ?? []),
      }
      await deps.database.transaction((tx) => deps.realms.addClientScope(tx, scope))
      call.record('CREATE', 'CLIENT_SCOPE', `client-scopes/${scope.id}`, body)
      return created(call.reply, `${call.realmUrl}/client-scopes/${scope.id}`)
    },
  })
  registerSingle(routes, deps)
  registerProtocolMappers(routes, {
    path: '/client-scopes/:scopeId',
    read: async (call) => requireClientScope(call).protocolMappers,
    change: async (call, change) => {
      const scope = requireClientScope(call)
      await update(call, { ...scope, protocolMappers: change(scope.protocolMappers) })
    },
  })
}

function registerSingle(routes: AdminRoutes, deps: AdminDeps): void {
  routes.add({
    method: 'GET',
    path: '/client-scopes/:scopeId',
    may: anyOf(view),
    handle: async (call) => clientScopeRepresentation(requireClientScope(call)),
  })
  routes.add<ClientScopeBody | undefined>({
    method: 'PUT',
    path: '/client-scopes/:scopeId',
    may: anyOf(manage),
    body: clientScopeShape,
    handle: async (call) => {
      const { body = {} as ClientScopeBody } = call
      const scope = requireClientScope(call)
      await update(call, {
        ...scope,
        name: body.name === undefined ? scope.name : checkedName(body),
        ...(body.description === undefined ? {} : { description: body.description }),
        protocol: body.protocol ?? scope.protocol,
        attributes: presentTexts({ ...scope.attributes, ...body.attributes }),
      })
      call.record('UPDATE', 'CLIENT_SCOPE', `client-scopes/${scope.id}`, body)
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/client-scopes/:scopeId',
    may: anyOf(manage),
    handle: async (call) => {
      const { realm } = call
      const scope = requireClientScope(call)
      await deps.database.transaction(async (tx) => {
        await deps.realms.removeClientScope(tx, realm.id, scope.id)
        await deps.clients.renameClientScope(tx, realm.id, scope.name, null)
        await renameDefault(call, tx, scope.name, null)
      })
      call.record('DELETE', 'CLIENT_SCOPE', `client-scopes/${scope.id}`)
    },
  })
}

/** Clients and the realm's defaults know scopes by name, so they follow a new one in the same transaction. */
async function update(call: AdminCall<unknown>, next: ClientScope): Promise<void> {
  const { deps, realm } = call
  const before = requireClientScope(call)
  await deps.database.transaction(async (tx) => {
    await deps.realms.updateClientScope(tx, next)
    if (next.name === before.name) return
    await deps.clients.renameClientScope(tx, realm.id, before.name, next.name)
    await renameDefault(call, tx, before.name, next.name)
  })
}

async function renameDefault(
  { deps, realm }: AdminCall<unknown>,
  tx: Parameters<AdminDeps['realms']['changeIn']>[0],
  from: string,
  to: string | null,
): Promise<void> {
  const renamed = (names: readonly string[]) =>
    names.flatMap((name) => (name === from ? (to === null ? [] : [to]) : [name]))
  await deps.realms.changeIn(tx, realm.id, (row) => ({
    ...row,
    settings: {
      ...row.settings,
      defaultDefaultClientScopes: renamed(row.settings.defaultDefaultClientScopes),
      defaultOptionalClientScopes: renamed(row.settings.defaultOptionalClientScopes),
    },
  }))
}

function checkedName({ name }: ClientScopeBody): string {
  if (name === undefined || !/^[^\s\\"]+$/.test(name)) {
    throw refused(400, `Unexpected name "${name ?? ''}" for ClientScope`)
  }
  return name
}

function presentTexts(map: Record<string, string | null>): Record<string, string> {
  const entries = Object.entries(map).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as Record<string, string>
}

/** @returns Keycloak's ClientScopeRepresentation */
export function clientScopeRepresentation(scope: ClientScope) {
  const { realmId: _, ver: __, protocolMappers, ...rest } = scope
  return { ...rest, ...(protocolMappers.length > 0 ? { protocolMappers } : {}) }
}
