import type { Role } from '../../../domains/roles/role.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { forbidden } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireClientScope } from '../client-scopes/require-client-scope.ts'
import { anyOf, managesClient, viewsClients } from '../permission.ts'
import {
  type RoleHolder,
  type RoleMappingKind,
  registerRoleMappings,
} from '../roles/register-role-mappings.ts'
import { requireClient } from './require-client.ts'

type Deps = Pick<AdminDeps, 'clients' | 'roles'>

const common = {
  view: viewsClients,
  manage: managesClient,
  requireMayChange: requireMayMapScopes,
  resourceTypes: { realm: 'REALM_SCOPE_MAPPING', client: 'CLIENT_SCOPE_MAPPING' },
  clientMissing: 'Could not find client',
  realmTakesAll: true,
} as const

/** `/clients/{id}/scope-mappings` and `/client-scopes/{id}/scope-mappings`. */
export function registerScopeMappings(routes: AdminRoutes<Deps>, deps: Deps): void {
  registerRoleMappings(routes, deps, clientScopeMappings)
  registerRoleMappings(routes, deps, scopeScopeMappings)
}

/** Roles in the scope of clients. */
export const clientScopeMappings: RoleMappingKind<Deps> = {
  ...common,
  path: '/clients/:containerUuid/scope-mappings',
  // Below it, `clientUuid` is the client whose roles are mapped.
  holder: async (call) => {
    const client = await requireClient({ ...call, params: ownerParams(call) })
    const full = client.representation.fullScopeAllowed !== false
    return holderOf(call, client.id, full)
  },
}

/** Roles in the scope of client scopes. */
export const scopeScopeMappings: RoleMappingKind<Deps> = {
  ...common,
  manage: anyOf(['manage-clients']),
  path: '/client-scopes/:scopeId/scope-mappings',
  holder: async (call) => holderOf(call, requireClientScope(call).id, false),
}

/** Realm roles belong to who manages the realm; what a client's scope lets through, nobody has who did not have it before. */
async function requireMayMapScopes(
  call: AdminCall<unknown, Deps>,
  roles: readonly Role[],
): Promise<void> {
  for (const role of roles) if (!(await call.permissions.mayMapScope(role))) throw forbidden()
}

function ownerParams(call: AdminCall<unknown, Deps>): Record<string, string> {
  return { ...call.params, clientUuid: call.params['containerUuid'] ?? '' }
}

function holderOf(
  { deps, realm }: AdminCall<unknown, Deps>,
  id: string,
  fullScope: boolean,
): RoleHolder {
  return {
    direct: () => deps.roles.mappedTo(realm.id, id),
    effective: async (clientUuid) => {
      if (fullScope && clientUuid !== undefined) {
        return await deps.roles.list({ realmId: realm.id, clientUuid })
      }
      return await deps.roles.inScopeOf(realm.id, id)
    },
    add: (roleIds, trace) => deps.roles.addScopeMappings(realm.id, id, roleIds, trace),
    remove: (roleIds, trace) => deps.roles.removeScopeMappings(realm.id, id, roleIds, trace),
  }
}
