/** The client of a realm that holds the permissions of its administrators; nobody but the server makes or changes it. */
export const adminPermissionsClientId = 'admin-permissions'

/** What permissions can be about, and what they can allow; the names are Keycloak's. */
export const adminResourceTypes = {
  Clients: ['manage', 'map-roles', 'map-roles-client-scope', 'map-roles-composite', 'view'],
  Groups: [
    'impersonate-members',
    'manage',
    'manage-members',
    'manage-membership',
    'manage-membership-of-members',
    'view',
    'view-members',
  ],
  Organizations: ['manage', 'view'],
  Roles: ['map-role', 'map-role-client-scope', 'map-role-composite'],
  Users: [
    'impersonate',
    'manage',
    'manage-group-membership',
    'map-roles',
    'reset-password',
    'view',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>

export type AdminResourceType = keyof typeof adminResourceTypes
export type AdminScope<T extends AdminResourceType = AdminResourceType> =
  (typeof adminResourceTypes)[T][number]

/** What a permission on a group says of its members. */
export const scopesOfMembers: Readonly<Partial<Record<AdminScope<'Users'>, AdminScope<'Groups'>>>> =
  {
    impersonate: 'impersonate-members',
    manage: 'manage-members',
    'manage-group-membership': 'manage-membership-of-members',
    view: 'view-members',
  }

export function isAdminResourceType(name: string): name is AdminResourceType {
  return Object.hasOwn(adminResourceTypes, name)
}

/** @returns Keycloak's AuthorizationSchema, as consoles ask for it */
export function adminAuthorizationSchema() {
  const types = Object.entries(adminResourceTypes).map(([type, scopes]) => {
    const aliases = Object.entries(type === 'Users' ? scopesOfMembers : {}).map(
      ([scope, alias]) => [scope, [alias]] as const,
    )
    const ofUsers = type === 'Users' ? { groupType: 'Groups' } : {}
    return [type, { type, scopes, scopeAliases: Object.fromEntries(aliases), ...ofUsers }] as const
  })
  return { resourceTypes: Object.fromEntries(types) }
}
