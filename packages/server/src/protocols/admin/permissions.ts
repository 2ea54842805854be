import {
  isAdministrationClient,
  isAdministrationRole,
} from '../../domains/administration/administration.ts'
import type { Client } from '../../domains/clients/client.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { Role } from '../../domains/roles/role.ts'
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

interface PermissionsDeps {
  readonly clients: Pick<Clients, 'byId'>
}

/**
 * What one administrator may do in one realm. Roles decide for all things of a kind alike, but nobody changes the clients and
 * roles by which realms are administered.
 */
export class Permissions {
  /** The administration roles held for the realm. */
  readonly held: ReadonlySet<string>
  readonly #deps: PermissionsDeps
  readonly #realm: Realm

  constructor(deps: PermissionsDeps, realm: Realm, held: ReadonlySet<string>) {
    this.#deps = deps
    this.#realm = realm
    this.held = held
  }

  holdsAny(roles: readonly RealmRole[]): boolean {
    return roles.some((role) => this.held.has(role))
  }

  /** @param id of the thing, which need not exist; absent = whether it may be done to all of the kind */
  async may(scope: Scope, kind: ResourceKind, id?: string): Promise<boolean> {
    if (!this.holdsAny(rolesByScope[kind][scope] ?? [])) return false
    if (kind !== 'client' || scope === 'view' || id === undefined) return true
    const client = await this.#deps.clients.byId(this.#realm.id, id)
    return client === null || !isAdministrationClient(this.#realm, client)
  }

  /** @returns the condition for lists: which of a kind may be seen */
  async visible(kind: ResourceKind): Promise<Visible> {
    return (await this.may('view', kind)) ? 'all' : 'none'
  }

  /** @returns what representations of a client say that may be done with it */
  ofClient(client: Client): { view: boolean; configure: boolean; manage: boolean } {
    const all = this.holdsAny(['manage-clients'])
    const manage = all && !isAdministrationClient(this.#realm, client)
    return { view: all || this.held.has('view-clients'), configure: manage, manage }
  }

  /** @returns whether a realm role or client role may be seen or changed */
  mayRole(scope: 'manage' | 'view', role: Role): boolean {
    if (scope === 'manage' && isAdministrationRole(this.#realm, role)) return false
    return this.holdsAny(rolesByScope[role.clientUuid === null ? 'realm' : 'client'][scope] ?? [])
  }

  /** @returns whether a role may be put into a composite or taken out of one, as far as its kind decides */
  mayCompose(child: Pick<Role, 'clientUuid'>): boolean {
    return this.holdsAny([child.clientUuid === null ? 'manage-realm' : 'manage-clients'])
  }

  /** @returns whether a role may stand in the scope mappings of a client or client scope; those who may not manage it */
  mayMapScope(role: Pick<Role, 'clientUuid'>): boolean {
    return this.mayCompose(role)
  }
}
