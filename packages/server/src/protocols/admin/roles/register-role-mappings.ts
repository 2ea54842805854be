import type { FastifyInstance } from 'fastify'
import type { Role } from '../../../domains/roles/role.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import { type AdminCall, adminRoute } from '../admin-route.ts'
import type { RealmRole } from '../administrator.ts'
import { requireMayMap } from '../mapping-permission.ts'
import { rolesShape } from '../representations/role.ts'
import { mappingsRepresentation, roleRepresentation } from './role-representation.ts'

/** Something that roles are mapped to: a user, a group, the scope of a client or client scope. */
export interface RoleHolder {
  /** Roles mapped directly. */
  direct(): Promise<Role[]>
  /** Ids of everything held, by owner (null = realm roles). */
  effective(clientUuid: string | null): Promise<readonly string[]>
  add(roleIds: readonly string[]): Promise<void>
  remove(roleIds: readonly string[]): Promise<void>
}

/** Where a kind of holder lives and who may see and change its roles. */
export interface RoleMappingRoutes {
  /** e.g. `/users/:userId/role-mappings`. */
  readonly path: string
  readonly view: readonly RealmRole[]
  readonly manage: readonly RealmRole[]
  /** Of admin events: `REALM_ROLE_MAPPING`, `CLIENT_ROLE_MAPPING` or their scope twins. */
  readonly resourceTypes: { readonly realm: string; readonly client: string }
  /** @throws HttpError 404 in the words of the kind of holder */
  holder(call: AdminCall<unknown>): Promise<RoleHolder>
}

type Call = AdminCall<unknown>

/** Registers the endpoints of role mappings, which are the same for every kind of holder. */
export function registerRoleMappings(
  app: FastifyInstance,
  deps: AdminDeps,
  routes: RoleMappingRoutes,
): void {
  adminRoute(app, deps, {
    method: 'GET',
    path: routes.path,
    anyOf: routes.view,
    handle: async (call) => mappingsRepresentation(await (await routes.holder(call)).direct()),
  })
  registerOwner(app, deps, routes, '/realm', async () => null)
  registerOwner(app, deps, routes, '/clients/:clientUuid', async ({ realm, params }) => {
    const client = await deps.clients.byId(realm.id, params['clientUuid'] ?? '')
    if (!client) throw notFound('Client not found')
    return client.id
  })
}

function registerOwner(
  app: FastifyInstance,
  deps: AdminDeps,
  routes: RoleMappingRoutes,
  suffix: string,
  ownerOf: (call: Call) => Promise<string | null>,
): void {
  const path = `${routes.path}${suffix}`
  const get = (below: string, list: (call: Call, owner: string | null) => Promise<unknown>) =>
    adminRoute(app, deps, {
      method: 'GET',
      path: `${path}${below}`,
      anyOf: routes.view,
      handle: async (call) => await list(call, await ownerOf(call)),
    })
  get('', async (call, owner) => {
    const direct = await (await routes.holder(call)).direct()
    return briefly(direct.filter((role) => role.clientUuid === owner))
  })
  get('/available', async (call, owner) => {
    const direct = new Set((await (await routes.holder(call)).direct()).map(({ id }) => id))
    const all = await deps.roles.list({ realmId: call.realm.id, clientUuid: owner })
    return briefly(all.filter(({ id }) => !direct.has(id)))
  })
  get('/composite', async (call, owner) => {
    const ids = await (await routes.holder(call)).effective(owner)
    const brief = call.query.flag('briefRepresentation') ?? true
    const roles = await deps.roles.byIds(call.realm.id, ids)
    return roles.map((role) => roleRepresentation(role, brief))
  })
  registerChanges(app, deps, routes, path, ownerOf)
}

function registerChanges(
  app: FastifyInstance,
  deps: AdminDeps,
  routes: RoleMappingRoutes,
  path: string,
  ownerOf: (call: Call) => Promise<string | null>,
): void {
  adminRoute(app, deps, {
    method: 'POST',
    path,
    anyOf: routes.manage,
    body: rolesShape,
    handle: async (call) => {
      const holder = await routes.holder(call)
      const owner = await ownerOf(call)
      const ids = await mappable(call, owner, call.body ?? [])
      await requireMayMap(deps, call.administrator, call.realm, ids)
      await holder.add(ids)
      record(call, routes, owner, 'CREATE', path)
    },
  })
  adminRoute(app, deps, {
    method: 'DELETE',
    path,
    anyOf: routes.manage,
    body: rolesShape,
    handle: async (call) => {
      const holder = await routes.holder(call)
      const owner = await ownerOf(call)
      const ids = call.body
        ? await mappable(call, owner, call.body)
        : (await holder.direct()).filter((role) => role.clientUuid === owner).map(({ id }) => id)
      await requireMayMap(deps, call.administrator, call.realm, ids)
      await holder.remove(ids)
      record(call, routes, owner, 'DELETE', path)
    },
  })
}

function briefly(roles: readonly Role[]) {
  return roles.map((role) => roleRepresentation(role, true))
}

/** Roles in a body count by their ids; each has to be one of this owner's. */
async function mappable(
  call: Call,
  owner: string | null,
  given: readonly { id?: string | undefined }[],
): Promise<string[]> {
  const ids = given.map(({ id }) => id ?? '')
  const found = await call.deps.roles.byIds(call.realm.id, ids)
  const known = new Set(found.filter((role) => role.clientUuid === owner).map(({ id }) => id))
  if (ids.some((id) => !known.has(id))) throw notFound('Role not found')
  return ids
}

function record(
  call: Call,
  routes: RoleMappingRoutes,
  owner: string | null,
  operation: 'CREATE' | 'DELETE',
  path: string,
): void {
  const { realm, client } = routes.resourceTypes
  const resourcePath = path
    .slice(1)
    .replace(/:(\w+)/g, (_, name: string) => call.params[name] ?? '')
  call.record(operation, owner === null ? realm : client, resourcePath, call.body)
}
