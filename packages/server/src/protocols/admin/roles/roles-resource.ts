import type { AdminTrace } from '../../../domains/events/admin-event.ts'
import type { Role } from '../../../domains/roles/role.ts'
import { newUuid } from '../../../shared/random.ts'
import { created } from '../admin-answer.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest, notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { requireMayCompose } from '../mapping-permission.ts'
import type { Permission } from '../permission.ts'
import { paged } from '../query-parameters.ts'
import { listOf } from '../representations/answer.ts'
import { type RoleBody, roleAnswer, roleShape } from '../representations/role.ts'
import { roleRepresentation } from './role-representation.ts'

type Deps = Pick<AdminDeps, 'administration' | 'clients' | 'groups' | 'roles'>

/** Realm roles, or the roles of one client: the same endpoints at two places. */
export interface RoleContainer {
  /** `/roles` or `/clients/:clientUuid/roles`. */
  readonly path: string
  readonly view: Permission
  readonly manage: Permission
  readonly resourceType: 'REALM_ROLE' | 'CLIENT_ROLE'
  /** @returns the owning client's id, or null. @throws HttpError 404 */
  ownerOf(call: AdminCall<unknown, Deps>): Promise<string | null>
}

/** Registers listing, creating and the single role, by name. */
export function registerRoles(
  routes: AdminRoutes<Deps>,
  deps: Deps,
  container: RoleContainer,
): void {
  routes.add({
    method: 'GET',
    path: container.path,
    may: container.view,
    query: { ...paged, search: 'text', briefRepresentation: 'flag' },
    answer: listOf(roleAnswer),
    handle: async (call) => {
      const { query, realm } = call
      const brief = query.flag('briefRepresentation') ?? true
      const roles = await deps.roles.list({
        realmId: realm.id,
        clientUuid: await container.ownerOf(call),
        search: query.text('search')?.trim() || undefined,
        first: query.first,
        max: query.max(),
      })
      return roles.map((role) => roleRepresentation(role, brief))
    },
  })
  routes.add<RoleBody | undefined>({
    method: 'POST',
    path: container.path,
    may: container.manage,
    body: roleShape,
    handle: async (call) => {
      const owner = await container.ownerOf(call)
      const name = call.body?.name?.trim()
      if (!call.body || !name) throw badRequest('role has no name')
      const id = newUuid()
      const children = await compositesOf(call, call.body)
      const { description = null, attributes = {} } = call.body
      await requireMayCompose(call, children)
      const below = container.path.replace(':clientUuid', owner ?? '').slice(1)
      await deps.roles.create(
        call.realm.id,
        { id, clientUuid: owner, name, description, attributes },
        children.map((child) => child.id),
        await call.trace('CREATE', container.resourceType, `${below}/${name}`, {
          ...call.body,
          id,
        }),
      )
      return created(call.reply, `${call.realmUrl}/${below}/${encodeURIComponent(name)}`)
    },
  })
}

/** @returns the role that the path names. @throws HttpError 404 */
export async function requireRole(call: AdminCall<unknown, Deps>, container: RoleContainer) {
  const owner = await container.ownerOf(call)
  const role = await call.deps.roles.byName(call.realm.id, owner, call.params['roleName'] ?? '')
  if (!role) throw notFound('Could not find role')
  return role
}

/** Names in a body become ids. @throws HttpError 404 */
async function compositesOf(call: AdminCall<unknown, Deps>, body: RoleBody): Promise<Role[]> {
  const { deps, realm } = call
  const children: Role[] = []
  for (const name of body.composites?.realm ?? []) {
    const role = await deps.roles.byName(realm.id, null, name)
    if (!role) throw refused(404, `Realm Role with name ${name} does not exist`)
    children.push(role)
  }
  for (const [clientId, names] of Object.entries(body.composites?.client ?? {})) {
    const client = await deps.clients.byClientId(realm.id, clientId)
    for (const name of names ?? []) {
      const role = client && (await deps.roles.byName(realm.id, client.id, name))
      if (!role) throw refused(404, `Client Role with name ${name} does not exist`)
      children.push(role)
    }
  }
  return children
}

/** Puts children into a composite. @throws HttpError 403 when they give more than the administrator has */
export async function addComposites(
  call: AdminCall<unknown, Deps>,
  role: Role,
  children: readonly Role[],
  trace: AdminTrace,
): Promise<void> {
  await requireMayCompose(call, children)
  const { deps, realm } = call
  const childIds = children.map(({ id }) => id)
  await deps.roles.addComposites(realm.id, role.id, childIds, trace)
}

/** @returns the role with what a body changes; composites are changed elsewhere */
export function changedRole(role: Role, body: RoleBody | undefined): Role {
  return {
    ...role,
    name: body?.name?.trim() || role.name,
    // What a PUT does not name goes, as in Keycloak.
    description: body?.description ?? null,
    attributes: body?.attributes ?? role.attributes,
  }
}
