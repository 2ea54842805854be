import { masterRealmName } from '../../domains/administration/administration.ts'
import {
  covers,
  isAdministrationRole,
  masterRoleNames,
} from '../../domains/administration/administration-roles.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Role, RoleReference } from '../../domains/roles/role.ts'
import type { GroupId, RoleId } from '../../domains/typed-ids.ts'
import type { AdminCall } from './admin-call.ts'
import type { AdminDeps } from './admin-deps.ts'
import { forbidden } from './admin-error.ts'
import type { Administrator } from './administrator.ts'

type Deps = Pick<AdminDeps, 'administration' | 'groups' | 'roles'>

/**
 * Nobody gives away more than they have: roles that administer a realm, also inside composites, may be mapped only by
 * administrators whose own roles for that realm allow the same.
 * @throws HttpError 403
 */
export async function requireMayMap(
  { roles, administration }: Deps,
  administrator: Administrator,
  realm: Realm,
  roleIds: readonly RoleId[],
): Promise<void> {
  const expanded = await roles.expand(realm.id, roleIds)
  for (const group of grouped(expanded)) {
    const [first] = group
    if (!first) continue
    if (first.clientUuid === null) {
      await requireMasterRoles(administrator, realm, group)
      continue
    }
    const target = await administration.realmBehind(realm, first)
    if (target === null) continue
    const held = await administrator.rolesFor(target)
    if (group.some(({ name }) => isAdministrationRole(name) && !covers(held, name))) {
      throw forbidden()
    }
  }
}

/** As `requireMayMap`, for endpoints that map roles. @throws HttpError 403 */
export async function requireMayMapRoles(
  call: AdminCall<unknown, Deps>,
  roles: readonly Role[],
): Promise<void> {
  const ids = roles.map(({ id }) => id)
  await requireMayMap(call.deps, call.administrator, call.realm, ids)
}

/** For roles that are to be put into a composite or taken out of one. @throws HttpError 403 */
export async function requireMayCompose(
  call: AdminCall<unknown, Deps>,
  children: readonly Role[],
): Promise<void> {
  if (!children.every((role) => call.permissions.mayCompose(role))) throw forbidden()
  await requireMayMapRoles(call, children)
}

/**
 * A group passes on its roles and those of the groups around it, so to put somebody, or another group, into it counts as
 * mapping them.
 * @throws HttpError 403
 */
export async function requireMayJoin(
  call: AdminCall<unknown, Deps>,
  groupIds: readonly GroupId[],
): Promise<void> {
  const { deps, realm, administrator } = call
  if (groupIds.length === 0) return
  const around = await deps.groups.withAncestors(realm.id, [...groupIds])
  const roles = await deps.groups.rolesOf(around.map(({ id }) => id))
  const ids = roles.map(({ id }) => id)
  await requireMayMap(deps, administrator, realm, ids)
}

async function requireMasterRoles(
  administrator: Administrator,
  realm: Realm,
  roles: readonly RoleReference[],
): Promise<void> {
  if (realm.name !== masterRealmName) return
  for (const { name } of roles) {
    if (!masterRoleNames.has(name)) continue
    if (!administrator.ofMaster || !(await administrator.holdsRealmRole(name))) throw forbidden()
  }
}

/** @returns the roles of each owner */
function grouped(roles: readonly RoleReference[]): RoleReference[][] {
  const groups = new Map<string | null, RoleReference[]>()
  for (const role of roles) {
    const group = groups.get(role.clientUuid) ?? []
    group.push(role)
    groups.set(role.clientUuid, group)
  }
  return [...groups.values()]
}
