import type { ClientId } from '../../../domains/typed-ids.ts'
import type { AdminDeps } from '../admin-deps.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyOf } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { count, listOf } from '../representations/answer.ts'
import { sessionStatsAnswer } from '../representations/client.ts'
import { sessionAnswer } from '../representations/session.ts'
import { sessionRepresentations } from '../users/user-sessions.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clientLogouts' | 'clients' | 'sessions' | 'urls' | 'users'>

const view = ['view-clients', 'manage-clients'] as const
const sessionsPerPage = 100

/** An entry of `client-session-stats`; numbers are texts there. */
interface ClientSessionStats {
  readonly id: string
  readonly clientId: ClientId
  readonly active: string
  readonly offline: string
}

/** Sessions of a client: lists and counts. */
export function registerClientSessions(routes: AdminRoutes<Deps>, deps: Deps): void {
  for (const [path, offline] of [
    ['user-sessions', false],
    ['offline-sessions', true],
  ] as const) {
    routes.add({
      method: 'GET',
      path: `/clients/:clientUuid/${path}`,
      may: anyOf(view),
      query: { ...paged },
      answer: listOf(sessionAnswer),
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
    routes.add({
      method: 'GET',
      path: `/clients/:clientUuid/${path}`,
      may: anyOf(view),
      answer: count,
      handle: async (call) => {
        const client = await requireClient(call)
        return { count: await deps.sessions.count(call.realm, client.id, offline) }
      },
    })
  }
  routes.add({
    method: 'GET',
    path: '/client-session-stats',
    may: anyOf(['view-realm', 'manage-realm']),
    answer: listOf(sessionStatsAnswer),
    handle: async ({ realm }) => {
      const counts = await deps.sessions.countByClient(realm)
      const shown = new Map<string, ClientSessionStats>()
      for (const { clientUuid: id, clientId, offline, count } of counts) {
        const stats = shown.get(id) ?? { id, clientId, active: '0', offline: '0' }
        shown.set(id, { ...stats, [offline ? 'offline' : 'active']: String(count) })
      }
      return [...shown.values()]
    },
  })
}
