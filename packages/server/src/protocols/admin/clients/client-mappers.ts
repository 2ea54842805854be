import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { registerProtocolMappers } from '../protocol-mappers/register-protocol-mappers.ts'
import { requireClient } from './require-client.ts'

/** `/clients/{id}/protocol-mappers`. */
export function registerClientMappers(routes: AdminRoutes, deps: AdminDeps): void {
  registerProtocolMappers(routes, deps, {
    path: '/clients/:clientUuid',
    read: async (call) => (await requireClient(call)).representation.protocolMappers ?? [],
    change: async ({ realm, params }, change, trace) =>
      await deps.clientLifecycle.change(
        realm,
        params['clientUuid'] ?? '',
        ({ representation, ...client }) => {
          const protocolMappers = change(representation.protocolMappers ?? [])
          return { ...client, representation: { ...representation, protocolMappers } }
        },
        trace,
      ),
  })
}
