/** Pages of the menu and their tabs, below `#/{realm}`. */
export const menuPages: readonly string[] = [
  '',
  '/clients',
  '/clients/initial-access-token',
  '/clients/client-registration',
  '/clients/add-client',
  '/clients/import-client',
  '/client-scopes',
  '/client-scopes/new',
  '/roles',
  '/roles/new',
  '/users',
  '/users/add-user',
  '/groups',
  '/sessions',
  '/events/user-events',
  '/events/admin-events',
  '/realm-settings/general',
  '/realm-settings/login',
  '/realm-settings/email',
  '/realm-settings/themes',
  '/realm-settings/keys/list',
  '/realm-settings/keys/providers',
  '/realm-settings/events',
  '/realm-settings/localization',
  '/realm-settings/security-defenses',
  '/realm-settings/user-registration',
  '/realm-settings/sessions',
  '/realm-settings/tokens',
  '/realm-settings/client-policies/profiles',
  '/realm-settings/client-policies/policies',
  '/realm-settings/user-profile/attributes',
  '/realm-settings/user-profile/attributes-group',
  '/authentication/flows',
  '/authentication/required-actions',
  '/authentication/policies',
  '/identity-providers',
  '/identity-providers/oidc/add',
  '/user-federation',
  '/user-federation/ldap/new',
  '/organizations',
]

/**
 * The tab of the mail server looks for the administrator of `master` among the users of the realm, where there is none; the
 * console goes on without.
 */
const administratorElsewhere = [/^404 GET .*\/users\/[0-9a-f-]{36}$/, /status of 404/]

/** @returns what the console itself does wrong on a page of the menu */
export function ownFailuresOf(path: string): readonly RegExp[] {
  return path === '/realm-settings/email' ? administratorElsewhere : []
}

/** Tabs of single things, below `#/{realm}`. */
export function tabsOf(ids: {
  readonly client: string
  readonly user: string
  readonly role: string
  readonly group: string
}): string[] {
  const of = (folder: string, tabs: readonly string[]) => tabs.map((tab) => `${folder}/${tab}`)
  return [
    ...of(`/clients/${ids.client}`, [
      'settings',
      'credentials',
      'keys',
      'roles',
      'sessions',
      'advanced',
      'clientScopes/setup',
      'clientScopes/evaluate',
      'clientScopes/dedicated/mappers',
    ]),
    ...of(`/users/${ids.user}`, [
      'settings',
      'attributes',
      'credentials',
      'role-mapping',
      'groups',
      'consents',
      'identity-provider-links',
      'sessions',
    ]),
    ...of(`/roles/${ids.role}`, ['details', 'associated-roles', 'attributes', 'users-in-role']),
    `/groups/${ids.group}`,
  ]
}
