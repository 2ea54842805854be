import type { GrantedPermission } from '../../../domains/authorization/granted-permissions.ts'
import type { TicketRequest } from '../../../domains/authorization/permission-tickets.ts'
import type { Identity } from '../../../domains/authorization/policy-conditions.ts'
import type { ResourceServer } from '../../../domains/authorization/resource-server.ts'
import type { UmaSubject } from './uma-subject.ts'

/**
 * What an owner has to be asked for: everything in a ticket that was not granted, where the resource is a user's, lets its
 * owner decide, and is not one's own.
 */
export function ticketRequests(
  server: ResourceServer,
  { user }: Pick<UmaSubject, 'user'>,
  identity: Pick<Identity, 'id'>,
  {
    queries,
    granted,
  }: {
    readonly queries: readonly Pick<GrantedPermission, 'rsid' | 'scopes'>[]
    readonly granted: readonly GrantedPermission[]
  },
): TicketRequest[] {
  if (identity.id !== user.id) return []
  return queries.flatMap(({ rsid, scopes = [] }): TicketRequest[] => {
    const resource = server.resources.find(({ id }) => id === rsid)
    if (!resource?.ownerManagedAccess) return []
    if ([user.id, server.clientUuid].includes(resource.ownerId)) return []
    const had = granted.filter((each) => each.rsid === rsid)
    const names = new Set(had.flatMap((each) => each.scopes ?? []))
    const asked = server.scopes.filter(({ id, name }) =>
      scopes.length > 0 ? scopes.includes(name) : resource.scopeIds.includes(id),
    )
    const ids = asked.filter(({ name }) => !names.has(name)).map(({ id }) => id)
    const whole = asked.length === 0 && had.length === 0 ? [null] : ids
    const { id: resourceId, ownerId: owner } = resource
    const request = { clientUuid: server.clientUuid, resourceId, owner, requester: user.id }
    return whole.map((scopeId) => ({ ...request, scopeId }))
  })
}
