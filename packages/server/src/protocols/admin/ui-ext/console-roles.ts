import { z } from 'zod'
import { text } from '../../../domains/realms/scalars.ts'
import type { Role } from '../../../domains/roles/role.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { clientScopeMappings, scopeScopeMappings } from '../clients/client-scope-mappings.ts'
import { groupRoleMappings } from '../groups/group-role-mappings.ts'
import { requireMayCompose } from '../mapping-permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { consoleRoleAnswer, roleMappingsAnswer } from '../representations/role.ts'
import { ofRoleById } from '../roles/register-role-endpoints.ts'
import type { RoleHolder, RoleMappingKind } from '../roles/register-role-mappings.ts'
import { mappingsRepresentation } from '../roles/role-representation.ts'
import { userRoleMappings } from '../users/user-role-mappings.ts'

type Deps = Pick<
  AdminDeps,
  | 'administration'
  | 'clients'
  | 'groups'
  | 'organizationGroups'
  | 'roles'
  | 'userMemberships'
  | 'users'
>

/** What roles are mapped to, by the console's name for it, and the path parameter of its id. */
type Kind = Pick<
  RoleMappingKind<Deps>,
  'view' | 'manage' | 'requireMayChange' | 'holder' | 'resourceTypes'
> & {
  readonly type: string
  readonly parameter: string
}

const removedRoles = {
  name: 'RoleMapping',
  schema: z.array(z.looseObject({ roleId: text, roleName: text, clientId: text })),
}
type Body = z.output<typeof removedRoles.schema> | undefined

/** Role mappings as the admin console lists and removes them, of all clients at once. */
export function registerConsoleRoles(routes: AdminRoutes<Deps>, deps: Deps): void {
  const kinds: Kind[] = [
    { ...userRoleMappings(deps), type: 'users', parameter: 'userId' },
    { ...groupRoleMappings(deps), type: 'groups', parameter: 'groupId' },
    { ...clientScopeMappings, type: 'clients', parameter: 'containerUuid' },
    { ...scopeScopeMappings, type: 'clientScopes', parameter: 'scopeId' },
    { ...compositeMappings(deps), type: 'roles', parameter: 'roleId' },
  ]
  for (const kind of kinds) registerKind(routes, deps, kind)
  routes.add({
    method: 'GET',
    path: '/ui-ext/role-mappings/roles/:roleId',
    may: ofRoleById(deps, 'view'),
    answer: roleMappingsAnswer,
    handle: async (call) => {
      const role = await requireRole(call)
      return mappingsRepresentation(await deps.roles.compositesOf(role.id))
    },
  })
}

function registerKind(routes: AdminRoutes<Deps>, deps: Deps, kind: Kind): void {
  const { type, parameter } = kind
  const holderOf = (call: AdminCall<unknown, Deps>) => kind.holder(call)
  routes.add({
    method: 'GET',
    path: `/ui-ext/available-roles/${type}/:${parameter}`,
    may: kind.view,
    query: { ...paged, search: 'text' },
    answer: listOf(consoleRoleAnswer),
    handle: async (call) => {
      const direct = await (await holderOf(call)).direct()
      const { query, realm } = call
      const search = query.text('search') || undefined
      const page = { realmId: realm.id, search, first: query.first, max: query.max(10) }
      const without = direct.map(({ id }) => id)
      return (await deps.roles.ofClients(page, without)).map(clientRole)
    },
  })
  routes.add({
    method: 'GET',
    path: `/ui-ext/effective-roles/${type}/:${parameter}`,
    may: kind.view,
    answer: listOf(consoleRoleAnswer),
    handle: async (call) => {
      const roles = await effectiveRoles(deps, call, await holderOf(call))
      return roles.filter(({ clientUuid }) => clientUuid !== null).map(clientRole)
    },
  })
  routes.add({
    method: 'GET',
    path: `/ui-ext/effective-roles-all/${type}/:${parameter}`,
    may: kind.view,
    answer: listOf(consoleRoleAnswer),
    handle: async (call) =>
      (await effectiveRoles(deps, call, await holderOf(call))).map((role) => ({
        id: role.id,
        name: role.name,
        ...(role.description === null ? {} : { description: role.description }),
        clientRole: role.clientUuid !== null,
        ...(role.clientUuid === null ? {} : { client: role.clientId, clientId: role.clientUuid }),
      })),
  })
  routes.add<Body>({
    method: 'POST',
    path: `/ui-ext/role-mapping-delete/${type}/:${parameter}`,
    may: kind.manage,
    body: removedRoles,
    handle: async (call) => {
      const holder = await holderOf(call)
      const asked = new Set((call.body ?? []).map(({ roleId }) => roleId))
      const roles = (await holder.direct()).filter(({ id }) => asked.has(id))
      await kind.requireMayChange(call, roles)
      const ids = roles.map(({ id }) => id)
      const path = `ui-ext/role-mapping-delete/${type}/${call.params[parameter]}`
      const trace = await call.trace('DELETE', kind.resourceTypes.realm, path)
      await holder.remove(ids, trace)
    },
  })
}

/** Roles in composite roles. */
function compositeMappings(deps: Deps): Omit<Kind, 'type' | 'parameter'> {
  return {
    view: ofRoleById(deps, 'view'),
    manage: ofRoleById(deps, 'manage'),
    requireMayChange: requireMayCompose,
    resourceTypes: { realm: 'REALM_ROLE', client: 'CLIENT_ROLE' },
    holder: async (call) => {
      const role = await requireRole(call)
      const realmId = call.realm.id
      return {
        direct: () => deps.roles.compositesOf(role.id),
        effective: async () => {
          const direct = await deps.roles.compositesOf(role.id)
          return await deps.roles.expand(
            realmId,
            direct.map(({ id }) => id),
          )
        },
        add: async (roleIds, trace) => {
          await deps.roles.addComposites(realmId, role.id, roleIds, trace)
        },
        remove: async (roleIds, trace) => {
          await deps.roles.removeComposites(realmId, role.id, roleIds, trace)
        },
      }
    },
  }
}

async function requireRole({ deps, realm, params }: AdminCall<unknown, Deps>): Promise<Role> {
  const role = await deps.roles.byId(realm.id, params['roleId'] ?? '')
  if (!role) throw notFound('Could not find role with id')
  return role
}

async function effectiveRoles(deps: Deps, { realm }: AdminCall<unknown, Deps>, holder: RoleHolder) {
  const held = await holder.effective()
  return await deps.roles.byIds(
    realm.id,
    held.map(({ id }) => id),
  )
}

/** A role of a client as the console lists it; its `clientId` is the client's UUID. */
function clientRole({ id, name, clientId, clientUuid, description }: Role) {
  return {
    id,
    role: name,
    client: clientId,
    clientId: clientUuid,
    ...(description === null ? {} : { description }),
  }
}
