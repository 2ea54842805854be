import type { RealmRole } from './administrator.ts'

/** Kinds of things that administrators are allowed to see or change one by one. */
export type ResourceKind = 'client' | 'group' | 'realm' | 'user'

/** What may be done with a thing; the names are those of Keycloak's permission scopes. */
export type Scope =
  | 'impersonate'
  | 'manage'
  | 'manage-group-membership'
  | 'manage-members'
  | 'map-roles'
  | 'reset-password'
  | 'view'
  | 'view-members'

/** Which things of a kind an administrator sees in a list. */
export type Visible = 'all' | 'none' | { readonly ids: readonly string[] }

/** The roles that give a scope on every thing of a kind. */
const rolesByScope: Readonly<Record<ResourceKind, Partial<Record<Scope, readonly RealmRole[]>>>> = {
  realm: { view: ['view-realm', 'manage-realm'], manage: ['manage-realm'] },
  client: { view: ['view-clients', 'manage-clients'], manage: ['manage-clients'] },
  group: {
    view: ['view-users', 'manage-users'],
    manage: ['manage-users'],
    'view-members': ['view-users', 'manage-users'],
    'manage-members': ['manage-users'],
  },
  user: {
    view: ['view-users', 'manage-users'],
    manage: ['manage-users'],
    'reset-password': ['manage-users'],
    'map-roles': ['manage-users'],
    'manage-group-membership': ['manage-users'],
    impersonate: ['impersonation'],
  },
}

/** What one administrator may do in one realm. Roles decide for all things of a kind alike. */
export class Permissions {
  /** The administration roles held for the realm. */
  readonly held: ReadonlySet<string>

  constructor(held: ReadonlySet<string>) {
    this.held = held
  }

  holdsAny(roles: readonly RealmRole[]): boolean {
    return roles.some((role) => this.held.has(role))
  }

  /** @param id of the thing; absent = whether it may be done to all of the kind */
  async may(scope: Scope, kind: ResourceKind, _id?: string): Promise<boolean> {
    return this.holdsAny(rolesByScope[kind][scope] ?? [])
  }

  /** @returns the condition for lists: which of a kind may be seen */
  async visible(kind: ResourceKind): Promise<Visible> {
    return (await this.may('view', kind)) ? 'all' : 'none'
  }
}
