import type { AdminEvent } from '../../domains/events/admin-event.ts'
import type { AdminCall, EventDetails } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import type { AdminRoute, RouteEvent } from './admin-routes.ts'
import { eventRepresentation } from './event-representation.ts'
import { withoutSecrets } from './without-secrets.ts'

type Change = Pick<
  AdminEvent,
  'details' | 'operationType' | 'resourceType' | 'resourcePath' | 'representation'
>

/** @returns the event of a change that is made in the name of the administrator whose call it is */
export function adminEvent(
  urls: AdminDeps['urls'],
  { realm, administrator, request }: Pick<AdminCall, 'administrator' | 'realm' | 'request'>,
  change: Change,
): AdminEvent {
  return {
    ...change,
    realmId: realm.id,
    realmName: realm.name,
    author: {
      realmId: administrator.realm.id,
      clientId: administrator.client.id,
      userId: administrator.user.id,
      ipAddress: urls.clientAddress(request),
    },
    representation: withoutSecrets(eventRepresentation(change)),
  }
}

/** @returns the event that a route declares, completed from the call and from what its handler said */
export function routeEvent(
  route: Pick<AdminRoute<unknown>, 'path'>,
  event: RouteEvent,
  call: AdminCall,
  details: EventDetails,
): Change {
  const { resourceType = event.resourceType ?? '', resourcePath = pathOf(route, event, call) } =
    details
  const body = event.withoutBody ? undefined : call.body
  const { representation = body } = details
  return {
    operationType: event.operation,
    resourceType,
    resourcePath,
    representation,
    ...(details.details === undefined ? {} : { details: details.details }),
  }
}

function pathOf(
  route: Pick<AdminRoute<unknown>, 'path'>,
  { path }: RouteEvent,
  { params, reply, realmUrl }: AdminCall,
): string {
  const location = reply.getHeader('location')
  if (path === undefined && typeof location === 'string' && location.startsWith(`${realmUrl}/`)) {
    return decodeURIComponent(location.slice(realmUrl.length + 1))
  }
  return placeOf(path ?? route.path, params)
}

/** @returns the path of an endpoint with its parameters, as events name it: below the realm, without a slash in front */
export function placeOf(path: string, params: Readonly<Record<string, string>>): string {
  return path
    .replace(/^\//, '')
    .replace(/:(\w+)|\*/g, (place, name?: string) => params[name ?? place] ?? '')
}
