import type { FastifyInstance } from 'fastify'
import type { AdminDeps } from '../admin-deps.ts'
import { adminRoute } from '../admin-route.ts'
import { sessionRepresentations } from '../users/user-sessions.ts'
import { requireClient } from './require-client.ts'

const view = ['view-clients', 'manage-clients'] as const
const sessionsPerPage = 100

/** Sessions of a client: lists and counts. */
export function registerClientSessions(app: FastifyInstance, deps: AdminDeps): void {
  for (const [path, offline] of [
    ['user-sessions', false],
    ['offline-sessions', true],
  ] as const) {
    adminRoute(app, deps, {
      method: 'GET',
      path: `/clients/:clientUuid/${path}`,
      anyOf: view,
      handle: async (call) => {
        const { realm, query } = call
        const client = await requireClient(call)
        const max = query.max(sessionsPerPage)
        const listed = await deps.sessions.list(realm, {
          offline,
          clientUuid: client.id,
          first: query.first,
          ...(max === undefined ? {} : { max }),
        })
        return await sessionRepresentations(deps, realm, listed)
      },
    })
  }
  for (const [path, offline] of [
    ['session-count', false],
    ['offline-session-count', true],
  ] as const) {
    adminRoute(app, deps, {
      method: 'GET',
      path: `/clients/:clientUuid/${path}`,
      anyOf: view,
      handle: async (call) => {
        const client = await requireClient(call)
        return { count: await deps.sessions.count(client.id, offline) }
      },
    })
  }
  adminRoute(app, deps, {
    method: 'GET',
    path: '/client-session-stats',
    anyOf: ['view-realm', 'manage-realm'],
    handle: async ({ realm }) => {
      const counts = await deps.sessions.countByClient(realm)
      const uuids = [...new Set(counts.map(({ clientUuid }) => clientUuid))]
      const clients = await deps.clients.byIds(realm.id, uuids)
      const countOf = (id: string, offline: boolean) =>
        counts.find((each) => each.clientUuid === id && each.offline === offline)?.count ?? 0
      return clients.map(({ id, clientId }) => ({
        id,
        clientId,
        active: String(countOf(id, false)),
        offline: String(countOf(id, true)),
      }))
    },
  })
}
