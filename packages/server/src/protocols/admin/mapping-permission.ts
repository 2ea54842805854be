import type { Realm } from '../../domains/realms/realm.ts'
import type { RoleReference } from '../../domains/roles/role.ts'
import { masterRealmName } from '../../domains/transfer/complete-realm.ts'
import { administrationRoleNames } from '../../domains/transfer/defaults/roles.ts'
import type { AdminDeps } from './admin-deps.ts'
import { forbidden } from './admin-error.ts'
import type { Administrator } from './administrator.ts'

const administrationNames: ReadonlySet<string> = new Set([
  ...administrationRoleNames,
  'realm-admin',
])
const masterRealmRoles: ReadonlySet<string> = new Set(['admin', 'create-realm'])

/**
 * Nobody gives away more than they have: roles that administer a realm, also inside composites, may be mapped only by
 * administrators who hold the same roles for that realm.
 * @throws HttpError 403
 */
export async function requireMayMap(
  deps: AdminDeps,
  administrator: Administrator,
  realm: Realm,
  roleIds: readonly string[],
): Promise<void> {
  const expanded = await deps.roles.expand(realm.id, roleIds)
  for (const [clientId, roles] of grouped(expanded)) {
    if (clientId === null) {
      await requireMasterRoles(administrator, realm, roles)
      continue
    }
    const target = await administeredBy(deps, realm, clientId)
    if (target === undefined) continue
    const held = target ? await administrator.rolesFor(target) : new Set<string>()
    const missing = roles.some(({ name }) => administrationNames.has(name) && !holds(held, name))
    if (missing) throw forbidden()
  }
}

/** `realm-admin` stands for all the others. */
function holds(held: ReadonlySet<string>, name: string): boolean {
  if (held.has(name)) return true
  return name === 'realm-admin' && administrationRoleNames.every((each) => held.has(each))
}

async function requireMasterRoles(
  administrator: Administrator,
  realm: Realm,
  roles: readonly RoleReference[],
): Promise<void> {
  if (realm.name !== masterRealmName) return
  for (const { name } of roles) {
    if (!masterRealmRoles.has(name)) continue
    if (!administrator.ofMaster || !(await administrator.holdsRealmRole(name))) throw forbidden()
  }
}

/** @returns the realm that a client's roles administer; undefined when it is an ordinary client */
async function administeredBy(
  deps: AdminDeps,
  realm: Realm,
  clientId: string,
): Promise<Realm | null | undefined> {
  if (realm.name !== masterRealmName) return clientId === 'realm-management' ? realm : undefined
  if (!clientId.endsWith('-realm')) return undefined
  return (await deps.realms.byName(clientId.slice(0, -'-realm'.length))) ?? undefined
}

function grouped(roles: readonly RoleReference[]): Map<string | null, RoleReference[]> {
  const groups = new Map<string | null, RoleReference[]>()
  for (const role of roles) {
    const group = groups.get(role.clientId) ?? []
    group.push(role)
    groups.set(role.clientId, group)
  }
  return groups
}
