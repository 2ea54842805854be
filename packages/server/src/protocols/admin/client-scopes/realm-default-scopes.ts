import type { DefaultScopes } from '../../../domains/client-lifecycle/client-scope-lifecycle.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { clientScopeAnswer } from '../representations/client-scope.ts'

type Deps = Pick<AdminDeps, 'clientScopeLifecycle'>

/** `/default-default-client-scopes` and `/default-optional-client-scopes`: what new clients get. */
export function registerRealmDefaultScopes(routes: AdminRoutes<Deps>, deps: Deps): void {
  register(routes, deps, '/default-default-client-scopes', 'defaultDefaultClientScopes')
  register(routes, deps, '/default-optional-client-scopes', 'defaultOptionalClientScopes')
}

function register(
  routes: AdminRoutes<Deps>,
  deps: Deps,
  path: string,
  member: DefaultScopes,
): void {
  routes.add({
    method: 'GET',
    path,
    may: anyOf(['view-clients', 'manage-clients']),
    answer: listOf(clientScopeAnswer),
    handle: async ({ realm }) => {
      const scopes = new Map(realm.clientScopes.map((scope) => [scope.name, scope]))
      return realm.settings[member].flatMap((name) => {
        const scope = scopes.get(name)
        return scope ? [{ id: scope.id, name, protocol: scope.protocol }] : []
      })
    },
  })
  for (const [method, operation] of [
    ['PUT', 'CREATE'],
    ['DELETE', 'DELETE'],
  ] as const) {
    routes.add({
      method,
      path: `${path}/:scopeId`,
      may: anyOf(['manage-clients']),
      handle: async (call) => {
        const scope = call.realm.clientScopes.find(({ id }) => id === call.params['scopeId'])
        if (!scope) throw notFound('Client scope not found')
        const trace = await call.trace(operation, 'CLIENT_SCOPE', `${path.slice(1)}/${scope.id}`)
        const on = method === 'PUT'
        await deps.clientScopeLifecycle.offer(call.realm, scope.id, member, on, trace)
      },
    })
  }
}
