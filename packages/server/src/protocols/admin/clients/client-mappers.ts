import { sectorProblem } from '../../../domains/clients/sector-identifier.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { registerProtocolMappers } from '../protocol-mappers/register-protocol-mappers.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle' | 'clients' | 'outgoingRequests' | 'providers'>

/** `/clients/{id}/protocol-mappers`. */
export function registerClientMappers(routes: AdminRoutes<Deps>, deps: Deps): void {
  registerProtocolMappers(routes, deps, {
    path: '/clients/:clientUuid',
    read: async (call) => (await requireClient(call)).representation.protocolMappers ?? [],
    check: async (call, mapper) => {
      const { representation } = await requireClient(call)
      const client = { ...representation, protocolMappers: [mapper] }
      const problem = await sectorProblem(client, (url) => deps.outgoingRequests.text(url))
      if (problem !== null) throw badRequest(problem, problem)
    },
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
