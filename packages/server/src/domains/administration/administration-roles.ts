/** Roles of the client that administers a realm: `realm-management` in the realm, `{realm}-realm` in master. */
export const administrationRoleNames = [
  'create-client',
  'impersonation',
  'manage-authorization',
  'manage-clients',
  'manage-events',
  'manage-identity-providers',
  'manage-organizations',
  'manage-realm',
  'manage-users',
  'query-clients',
  'query-groups',
  'query-organizations',
  'query-realms',
  'query-users',
  'view-authorization',
  'view-clients',
  'view-events',
  'view-identity-providers',
  'view-organizations',
  'view-realm',
  'view-users',
] as const

export type AdministrationRole = (typeof administrationRoleNames)[number]

/** Composite of all of them in a realm's own client. */
export const realmAdminName = 'realm-admin'

/** Realm roles of master that administer: `admin` everything, `create-realm` what its name says. */
export const masterRoleNames: ReadonlySet<string> = new Set(['admin', 'create-realm'])

const names: ReadonlySet<string> = new Set([...administrationRoleNames, realmAdminName])

/** @returns whether a role of that name in an administration client lets somebody administer */
export function isAdministrationRole(name: string): boolean {
  return names.has(name)
}

/**
 * Nobody gives away more than they have: whoever holds `held` may give away a role that allows no more. To ask for what a
 * list holds (`query-…`) is part of every role that may give roles away.
 */
export function covers(held: ReadonlySet<string>, name: string): boolean {
  if (held.has(name) || name.startsWith('query-')) return true
  if (name === realmAdminName) return administrationRoleNames.every((each) => covers(held, each))
  if (name === 'create-client') return held.has('manage-clients')
  return name.startsWith('view-') && held.has(name.replace('view-', 'manage-'))
}
