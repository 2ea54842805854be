import type { AdminTrace } from '../../../domains/events/admin-event.ts'
import type { Role, RoleReference } from '../../../domains/roles/role.ts'
import type { ClientUuid, RoleId } from '../../../domains/typed-ids.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import type { Permission } from '../permission.ts'
import { listOf } from '../representations/answer.ts'
import { roleAnswer, roleMappingsAnswer, rolesShape } from '../representations/role.ts'
import { mappingsRepresentation, roleRepresentation } from './role-representation.ts'

type Deps = Pick<AdminDeps, 'clients' | 'roles'>

/** Something that roles are mapped to: a user, a group, the scope of a client or client scope. */
export interface RoleHolder {
  /** Roles mapped directly. */
  direct(): Promise<Role[]>
  /**
   * Everything held, others than those of the owner included.
   * @param clientUuid owner whose roles are asked for, null for realm roles; absent = all
   */
  effective(clientUuid?: ClientUuid | null): Promise<readonly RoleReference[]>
  add(roleIds: readonly RoleId[], trace: AdminTrace): Promise<void>
  remove(roleIds: readonly RoleId[], trace: AdminTrace): Promise<void>
}

/** Where a kind of holder lives and who may see and change its roles. `Own` is what it needs to find the holder. */
export interface RoleMappingKind<Own> {
  /** e.g. `/users/:userId/role-mappings`. */
  readonly path: string
  readonly view: Permission
  readonly manage: Permission
  /** Of admin events: `REALM_ROLE_MAPPING`, `CLIENT_ROLE_MAPPING` or their scope twins. */
  readonly resourceTypes: { readonly realm: string; readonly client: string }
  /** What a client that is not there is called: Keycloak has a text for each kind of holder. */
  readonly clientMissing?: string
  /** Whether `/realm` takes roles of clients as well, as Keycloak does where roles are in the scope of something. */
  readonly realmTakesAll?: boolean
  /** Looks at the roles that are to be mapped or taken away. @throws HttpError 403 */
  requireMayChange(call: AdminCall<unknown, Own>, roles: readonly Role[]): Promise<void>
  /** @throws HttpError 404 in the words of the kind of holder */
  holder(call: AdminCall<unknown, Own>): Promise<RoleHolder>
}

/** Registers the endpoints of role mappings, which are the same for every kind of holder. */
export function registerRoleMappings<Own>(
  routes: AdminRoutes<Own>,
  deps: Deps,
  kind: RoleMappingKind<Own>,
): void {
  routes.add({
    method: 'GET',
    path: kind.path,
    may: kind.view,
    answer: roleMappingsAnswer,
    handle: async (call) => mappingsRepresentation(await (await kind.holder(call)).direct()),
  })
  registerOwner(routes, deps, kind, '/realm', async () => null)
  registerOwner(routes, deps, kind, '/clients/:clientUuid', async ({ realm, params }) => {
    const client = await deps.clients.byId(realm.id, params['clientUuid'] ?? '')
    if (!client) throw notFound(kind.clientMissing ?? 'Client not found')
    return client.id
  })
}

function registerOwner<Own>(
  routes: AdminRoutes<Own>,
  deps: Deps,
  kind: RoleMappingKind<Own>,
  suffix: string,
  ownerOf: (call: AdminCall) => Promise<string | null>,
): void {
  const path = `${kind.path}${suffix}`
  const get = (
    below: string,
    list: (call: AdminCall<unknown, Own>, owner: string | null) => Promise<unknown>,
  ) =>
    routes.add({
      method: 'GET',
      path: `${path}${below}`,
      may: kind.view,
      query: { briefRepresentation: 'flag' },
      answer: listOf(roleAnswer),
      handle: async (call) => await list(call, await ownerOf(call)),
    })
  get('', async (call, owner) => {
    const direct = await (await kind.holder(call)).direct()
    return briefly(direct.filter((role) => role.clientUuid === owner))
  })
  get('/available', async (call, owner) => {
    const direct = new Set((await (await kind.holder(call)).direct()).map(({ id }) => id))
    const all = await deps.roles.list({ realmId: call.realm.id, clientUuid: owner })
    return briefly(all.filter(({ id }) => !direct.has(id)))
  })
  get('/composite', async (call, owner) => {
    const held = await (await kind.holder(call)).effective(owner)
    const ids = held.filter(({ clientUuid }) => clientUuid === owner).map(({ id }) => id)
    const brief = call.query.flag('briefRepresentation') ?? true
    const roles = await deps.roles.byIds(call.realm.id, ids)
    return roles.map((role) => roleRepresentation(role, brief))
  })
  registerChanges(routes, deps, kind, path, ownerOf)
}

function registerChanges<Own>(
  routes: AdminRoutes<Own>,
  deps: Deps,
  kind: RoleMappingKind<Own>,
  path: string,
  ownerOf: (call: AdminCall) => Promise<string | null>,
): void {
  routes.add({
    method: 'POST',
    path,
    may: kind.manage,
    body: rolesShape,
    handle: async (call) => {
      const holder = await kind.holder(call)
      const owner = await ownerOf(call)
      const roles = await mappable(deps, kind, call, owner, call.body ?? [])
      await kind.requireMayChange(call, roles)
      const trace = await traceOf(call, kind, owner, 'CREATE', path)
      await holder.add(
        roles.map(({ id }) => id),
        trace,
      )
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: kind.manage,
    body: rolesShape,
    handle: async (call) => {
      const holder = await kind.holder(call)
      const owner = await ownerOf(call)
      const roles = call.body
        ? await mappable(deps, kind, call, owner, call.body)
        : (await holder.direct()).filter((role) => role.clientUuid === owner)
      await kind.requireMayChange(call, roles)
      const trace = await traceOf(call, kind, owner, 'DELETE', path)
      await holder.remove(
        roles.map(({ id }) => id),
        trace,
      )
    },
  })
}

function briefly(roles: readonly Role[]) {
  return roles.map((role) => roleRepresentation(role, true))
}

/** Roles in a body count by their ids; each has to be one of this owner's, unless the place for realm roles takes every role. */
async function mappable(
  { roles }: Deps,
  { realmTakesAll = false }: Pick<RoleMappingKind<never>, 'realmTakesAll'>,
  { realm }: AdminCall,
  owner: string | null,
  given: readonly { id?: string | undefined }[],
): Promise<Role[]> {
  const ids = new Set(given.map(({ id }) => id ?? ''))
  const found = await roles.byIds(realm.id, [...ids])
  const known = found.filter(
    (role) => role.clientUuid === owner || (owner === null && realmTakesAll),
  )
  if (known.length < ids.size) throw notFound('Role not found')
  return known
}

function traceOf(
  call: AdminCall,
  { resourceTypes }: Pick<RoleMappingKind<never>, 'resourceTypes'>,
  owner: string | null,
  operation: 'CREATE' | 'DELETE',
  path: string,
): Promise<AdminTrace> {
  const { realm, client } = resourceTypes
  const resourcePath = path
    .slice(1)
    .replace(/:(\w+)/g, (_, name: string) => call.params[name] ?? '')
  return call.trace(operation, owner === null ? realm : client, resourcePath, call.body)
}
