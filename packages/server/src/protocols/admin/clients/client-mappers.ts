import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from '../admin-deps.ts'
import { registerProtocolMappers } from '../protocol-mappers/register-protocol-mappers.ts'
import { requireClient } from './require-client.ts'

/** `/clients/{id}/protocol-mappers`. */
export function registerClientMappers(app: FastifyInstance, deps: AdminDeps): void {
  registerProtocolMappers(app, deps, {
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
