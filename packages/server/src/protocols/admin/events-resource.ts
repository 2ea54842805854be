import type { FastifyInstance } from 'fastify'
import type { EventPage } from '../../domains/events/event-filters.ts'
import type { AdminDeps } from './admin-deps.ts'
import { badRequest } from './admin-error.ts'
import { adminRoute } from './admin-route.ts'
import type { QueryParameters } from './query-parameters.ts'

const view = ['view-events', 'manage-events'] as const
const dayMs = 86_400_000

/** `/events` and `/admin-events`. */
export function registerEvents(app: FastifyInstance, deps: AdminDeps): void {
  adminRoute(app, deps, {
    method: 'GET',
    path: '/events',
    anyOf: view,
    handle: async ({ realm, query }) => {
      const types = query.all('type')
      return await deps.events.find(realm.id, {
        ...pageOf(query),
        types: types.length > 0 ? types : undefined,
        client: query.text('client'),
        user: query.text('user'),
        ipAddress: query.text('ipAddress'),
      })
    },
  })
  adminRoute(app, deps, {
    method: 'GET',
    path: '/admin-events',
    anyOf: view,
    handle: async ({ realm, query }) => {
      const operationTypes = query.all('operationTypes')
      const resourceTypes = query.all('resourceTypes')
      return await deps.events.findAdmin(realm.id, {
        ...pageOf(query),
        operationTypes: operationTypes.length > 0 ? operationTypes : undefined,
        resourceTypes: resourceTypes.length > 0 ? resourceTypes : undefined,
        resourcePath: query.text('resourcePath'),
        authRealm: query.text('authRealm'),
        authClient: query.text('authClient'),
        authUser: query.text('authUser'),
        authIpAddress: query.text('authIpAddress'),
      })
    },
  })
  adminRoute(app, deps, {
    method: 'DELETE',
    path: '/events',
    anyOf: ['manage-events'],
    handle: async ({ realm }) => await deps.events.clear(realm.id),
  })
  adminRoute(app, deps, {
    method: 'DELETE',
    path: '/admin-events',
    anyOf: ['manage-events'],
    handle: async ({ realm }) => await deps.events.clearAdmin(realm.id),
  })
}

function pageOf(query: QueryParameters): EventPage & { dateFrom?: number; dateTo?: number } {
  const from = timeOf(query, 'dateFrom', 0)
  const to = timeOf(query, 'dateTo', dayMs - 1)
  return {
    direction: query.text('direction') === 'asc' ? 'asc' : 'desc',
    first: query.first,
    max: query.max(),
    ...(from === undefined ? {} : { dateFrom: from }),
    ...(to === undefined ? {} : { dateTo: to }),
  }
}

/** A day (`yyyy-MM-dd`, UTC) or milliseconds since the epoch. @param withinDay added to a day */
function timeOf(query: QueryParameters, name: string, withinDay: number): number | undefined {
  const text = query.text(name)
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(day)) {
    throw badRequest(
      `Invalid value for '${name}', expected format is yyyy-MM-dd or an Epoch timestamp`,
    )
  }
  return day + withinDay
}
