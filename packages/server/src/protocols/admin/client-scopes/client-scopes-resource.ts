import { mapperOf } from '../../../domains/realms/protocol-mapper-schema.ts'
import type { ClientScope } from '../../../domains/realms/realm.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { registerProtocolMappers } from '../protocol-mappers/register-protocol-mappers.ts'
import { listOf } from '../representations/answer.ts'
import {
  type ClientScopeBody,
  clientScopeAnswer,
  clientScopeShape,
} from '../representations/client-scope.ts'
import { requireClientScope } from './require-client-scope.ts'

type Deps = Pick<AdminDeps, 'clientScopeLifecycle' | 'providers'>

const view = ['view-clients', 'manage-clients'] as const
const manage = ['manage-clients'] as const
const protocols: ReadonlySet<string | undefined> = new Set(['openid-connect', 'saml', 'oid4vc'])

/** Who may only ask for clients sees none of what they share. */
function visibleScopes({ permissions, realm }: AdminCall) {
  return permissions.holdsAny(view) ? realm.clientScopes.map(clientScopeRepresentation) : []
}

/** `/client-scopes`, the single scope and its protocol mappers. */
export function registerClientScopes(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/client-scopes',
    may: anyOf([...view, 'query-clients']),
    answer: listOf(clientScopeAnswer),
    handle: async (call) => visibleScopes(call),
  })
  // What client scopes were called before Keycloak 4.
  routes.add({
    method: 'GET',
    path: '/client-templates',
    may: anyOf([...view, 'query-clients']),
    answer: listOf(clientScopeAnswer),
    handle: async (call) => visibleScopes(call),
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
        protocolMappers: (body.protocolMappers ?? []).map((mapper) => mapperOf(mapper, newUuid)),
      }
      const trace = await call.trace('CREATE', 'CLIENT_SCOPE', `client-scopes/${scope.id}`, body)
      await deps.clientScopeLifecycle.create(scope, trace)
      return created(call.reply, `${call.realmUrl}/client-scopes/${scope.id}`)
    },
  })
  registerSingle(routes, deps)
  registerProtocolMappers(routes, deps, {
    path: '/client-scopes/:scopeId',
    read: async (call) => requireClientScope(call).protocolMappers,
    change: async ({ realm, params }, change, trace) =>
      await deps.clientScopeLifecycle.change(
        realm,
        params['scopeId'] ?? '',
        (scope) => ({ ...scope, protocolMappers: change(scope.protocolMappers) }),
        trace,
      ),
  })
}

function registerSingle(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/client-scopes/:scopeId',
    may: anyOf(view),
    answer: clientScopeAnswer,
    handle: async (call) => clientScopeRepresentation(requireClientScope(call)),
  })
  routes.add<ClientScopeBody | undefined>({
    method: 'PUT',
    path: '/client-scopes/:scopeId',
    may: anyOf(manage),
    body: clientScopeShape,
    handle: async (call) => {
      const { body = {} as ClientScopeBody } = call
      const { id, name, protocol } = requireClientScope(call)
      await deps.clientScopeLifecycle.change(
        call.realm,
        id,
        (scope) => ({
          ...scope,
          name: body.name === undefined ? name : checkedName(body),
          ...(body.description === undefined ? {} : { description: body.description }),
          protocol: body.protocol ?? protocol,
          attributes: presentTexts({ ...scope.attributes, ...body.attributes }),
        }),
        await call.trace('UPDATE', 'CLIENT_SCOPE', `client-scopes/${id}`, body),
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/client-scopes/:scopeId',
    may: anyOf(manage),
    handle: async (call) => {
      const { id } = requireClientScope(call)
      const trace = await call.trace('DELETE', 'CLIENT_SCOPE', `client-scopes/${id}`)
      await deps.clientScopeLifecycle.remove(call.realm, id, trace)
    },
  })
}

function checkedName({ name }: ClientScopeBody): string {
  if (name === undefined || !/^[^\s\\"]+$/.test(name)) {
    throw refused(400, `Unexpected name "${name ?? ''}" for ClientScope`)
  }
  return name
}

function presentTexts(map: Record<string, string | null>): Record<string, string> {
  const entries = Object.entries(map).filter(([, value]) => value)
  return Object.fromEntries(entries) as Record<string, string>
}

/** @returns Keycloak's ClientScopeRepresentation */
export function clientScopeRepresentation(scope: ClientScope) {
  const { realmId: _, ver: __, protocolMappers, ...rest } = scope
  return { ...rest, ...(protocolMappers.length > 0 ? { protocolMappers } : {}) }
}
