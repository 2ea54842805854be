import {
  administrationRoleNames,
  realmAdminName,
} from '../../administration/administration-roles.ts'
import type { ClientId } from '../../typed-ids.ts'
import type { RoleRepresentation } from '../representation.ts'

/** Which of them contain others. */
const administrationComposites: Readonly<Record<string, readonly string[]>> = {
  'view-users': ['query-users', 'query-groups'],
  'view-clients': ['query-clients'],
  'view-organizations': ['query-organizations'],
}

const accountRoles: readonly (readonly [name: string, contains?: string])[] = [
  ['view-profile'],
  ['manage-account', 'manage-account-links'],
  ['manage-account-links'],
  ['view-applications'],
  ['view-consent'],
  ['manage-consent', 'view-consent'],
  ['view-groups'],
  ['delete-account'],
]

function described(name: string, key = name): RoleRepresentation {
  return { name, description: `\${role_${key}}`, composite: false, attributes: {} }
}

function composed(
  role: RoleRepresentation,
  composites: NonNullable<RoleRepresentation['composites']>,
): RoleRepresentation {
  return { ...role, composite: true, composites }
}

/** The roles that administer one realm. @param clientId of the client that owns them */
export function administrationRoles(clientId: ClientId): RoleRepresentation[] {
  return administrationRoleNames.map((name) => {
    const contained = administrationComposites[name]
    const role = described(name)
    return contained ? composed(role, { client: { [clientId]: [...contained] } }) : role
  })
}

/** `realm-admin`: everything in `realm-management`. */
export function realmAdminRole(): RoleRepresentation {
  const everything = { 'realm-management': [...administrationRoleNames] }
  return composed(described(realmAdminName), { client: everything })
}

/** Roles of the client `account`. */
export function defaultAccountRoles(): RoleRepresentation[] {
  return accountRoles.map(([name, contains]) =>
    contains === undefined
      ? described(name)
      : composed(described(name), { client: { account: [contains] } }),
  )
}

/** Client roles of a new realm by `clientId`. */
export function defaultClientRoles(isMaster: boolean): Record<string, RoleRepresentation[]> {
  const administration: Record<string, RoleRepresentation[]> = isMaster
    ? { 'master-realm': administrationRoles('master-realm') }
    : { 'realm-management': [...administrationRoles('realm-management'), realmAdminRole()] }
  return {
    ...administration,
    account: defaultAccountRoles(),
    broker: [described('read-token')],
  }
}

/** Realm roles that every realm has; master's administrators have two more. */
export function defaultRealmRoles(isMaster: boolean): RoleRepresentation[] {
  const common = [described('offline_access', 'offline-access'), described('uma_authorization')]
  if (!isMaster) return common
  const admin = composed(described('admin'), {
    realm: ['create-realm'],
    client: { 'master-realm': [...administrationRoleNames] },
  })
  return [admin, described('create-realm'), ...common]
}

/** The composite that new users get. @param also names of further realm roles (imports from before Keycloak 13) */
export function defaultUserRole(realm: string, also: readonly string[] = []): RoleRepresentation {
  const role = described(`default-roles-${realm.toLowerCase()}`, 'default-roles')
  return composed(role, {
    realm: [...new Set(['offline_access', 'uma_authorization', ...also])],
    client: { account: ['view-profile', 'manage-account'] },
  })
}
