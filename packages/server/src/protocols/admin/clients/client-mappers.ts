import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { registerProtocolMappers } from '../protocol-mappers/register-protocol-mappers.ts'
import { requireClient } from './require-client.ts'

/** `/clients/{id}/protocol-mappers`. */
export function registerClientMappers(routes: AdminRoutes, deps: AdminDeps): void {
  registerProtocolMappers(routes, {
    path: '/clients/:clientUuid',
    read: async (call) => (await requireClient(call)).representation.protocolMappers ?? [],
    change: async (call, change) => {
      const client = await requireClient(call)
      const protocolMappers = change(client.representation.protocolMappers ?? [])
      const next = { ...client, representation: { ...client.representation, protocolMappers } }
      await deps.database.transaction((tx) => deps.clients.update(tx, next))
    },
  })
}
