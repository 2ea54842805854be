import type { AskedPermission } from './asked-permissions.ts'
import type { PermissionTicket } from './permission-ticket.ts'
import type { PolicyEvaluation } from './policy-evaluation.ts'
import type { ResourceServer } from './resource-server.ts'

/** A permission as a requesting party token carries it. */
export interface GrantedPermission {
  readonly scopes?: readonly string[]
  readonly rsid?: string
  readonly rsname?: string
  readonly claims?: Readonly<Record<string, readonly string[]>>
}

/** Between two decisions other requests get their turn when this many were made. */
const decisionsAtOnce = 50

/**
 * Decides everything that was asked for.
 * @param tickets granted to who asks, at this client
 * @returns what is granted, in the order in which it was asked for
 */
export async function grantedPermissions(
  server: ResourceServer,
  evaluation: PolicyEvaluation,
  asked: readonly AskedPermission[],
  tickets: readonly PermissionTicket[],
): Promise<GrantedPermission[]> {
  const nameOf = new Map(server.scopes.map(({ id, name }) => [id, name]))
  const names = (ids: readonly string[]) => ids.flatMap((id) => nameOf.get(id) ?? [])
  const granted: GrantedPermission[] = []
  for (const [at, { resource, scopeIds }] of asked.entries()) {
    if (at % decisionsAtOnce === decisionsAtOnce - 1) await new Promise(setImmediate)
    if (resource === null) {
      const [scopeId = ''] = scopeIds
      if (await evaluation.ofScope(scopeId)) granted.push({ scopes: names(scopeIds) })
      continue
    }
    const given = tickets.filter(({ resourceId }) => resourceId === resource.id)
    const shared = {
      scopeIds: new Set(given.flatMap(({ scopeId }) => scopeId ?? [])),
      whole: given.some(({ scopeId }) => scopeId === null),
    }
    const { effect, allowedScopeIds } = await evaluation.of(resource, scopeIds, shared)
    if (effect !== 'PERMIT') continue
    const scopes = names(allowedScopeIds)
    const { id, name } = resource
    granted.push({ ...(scopes.length > 0 ? { scopes } : {}), rsid: id, rsname: name })
  }
  return granted
}
