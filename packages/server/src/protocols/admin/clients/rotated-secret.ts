import { masked } from '../../../domains/realms/secret-members.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { managesClient, viewsClients } from '../permission.ts'
import { secretAnswer } from '../representations/client.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLifecycle' | 'clients'>

const rotated = 'client.secret.rotated'
const path = '/clients/:clientUuid/client-secret/rotated'

/** The secret that a client had before its present one, while it counts. */
export function registerRotatedSecret(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path,
    may: viewsClients,
    answer: secretAnswer,
    handle: async (call) => {
      const value = (await requireClient(call)).representation.attributes?.[rotated]
      if (!value) throw notFound('Client does not have a rotated secret')
      return { type: 'secret', value }
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: managesClient,
    handle: async (call) => {
      const { id } = await requireClient(call)
      const place = `clients/${id}/client-secret/rotated`
      const shown = { type: 'secret', value: masked }
      const trace = await call.trace('DELETE', 'CLIENT', place, shown)
      await deps.clientLifecycle.change(
        call.realm,
        id,
        (client) => {
          const present = Object.entries(client.representation.attributes ?? {})
          const attributes = Object.fromEntries(
            present.filter(([name]) => !name.startsWith(rotated)),
          )
          return { ...client, representation: { ...client.representation, attributes } }
        },
        trace,
      )
    },
  })
}
