import type { AdminScope } from '../../domains/administration/admin-permissions-schema.ts'
import {
  isAdministrationClient,
  isAdministrationRole,
} from '../../domains/administration/administration.ts'
import type { GrantedPermissions } from '../../domains/administration/granted-permissions.ts'
import type { Client } from '../../domains/clients/client.ts'
import type { Clients } from '../../domains/clients/clients.ts'
import type { Groups } from '../../domains/groups/groups.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { SeenThings } from '../../domains/realms/seen-things.ts'
import type { Role } from '../../domains/roles/role.ts'
import type { Roles } from '../../domains/roles/roles.ts'
import type { User } from '../../domains/users/user.ts'
import type { SeenUsers } from '../../domains/users/user-search.ts'
import type { Users } from '../../domains/users/users.ts'
import type { RealmRole } from './administrator.ts'

/** Kinds of things that administrators are allowed to see or change one by one. */
export type ResourceKind = 'client' | 'group' | 'organization' | 'realm' | 'user'

/** What may be done with a thing; the names are those of Keycloak's permission scopes. */
export type Scope =
  | 'impersonate'
  | 'manage'
  | 'manage-group-membership'
  | 'manage-members'
  | 'manage-membership'
  | 'map-roles'
  | 'reset-password'
  | 'view'
  | 'view-members'

/** The roles that give a scope on every thing of a kind. */
const rolesByScope: Readonly<Record<ResourceKind, Partial<Record<Scope, readonly RealmRole[]>>>> = {
  realm: { view: ['view-realm', 'manage-realm'], manage: ['manage-realm'] },
  client: { view: ['view-clients', 'manage-clients'], manage: ['manage-clients'] },
  group: {
    view: ['view-users', 'manage-users'],
    manage: ['manage-users'],
    'view-members': ['view-users', 'manage-users'],
    'manage-members': ['manage-users'],
    'manage-membership': ['manage-users'],
  },
  organization: {
    view: ['view-organizations', 'manage-organizations', 'manage-realm'],
    manage: ['manage-organizations', 'manage-realm'],
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
  readonly groups: Pick<Groups, 'withAncestors'>
  readonly roles: Pick<Roles, 'ofClient'>
  readonly users: Pick<Users, 'byId' | 'heldOf' | 'membershipsWithoutRoles'>
}

/** Which lists the realm's permissions cut. */
const listed = { client: 'Clients', group: 'Groups', organization: 'Organizations' } as const
/** What permissions for users can allow; the names are those of the permissions. */
const userScopes: ReadonlySet<Scope> = new Set([
  'impersonate',
  'manage',
  'manage-group-membership',
  'map-roles',
  'reset-password',
  'view',
])

/**
 * What one administrator may do in one realm. Roles decide for all things of a kind alike; who has none may do with single
 * things what the realm's fine-grained permissions say. Nobody changes the clients and roles by which realms are administered.
 */
export class Permissions {
  /** The administration roles held for the realm. */
  readonly held: ReadonlySet<string>
  readonly #deps: PermissionsDeps
  readonly #realm: Realm
  readonly #granted: () => Promise<GrantedPermissions | null>

  /** @param granted what the realm's own permissions give; asked only where roles do not suffice */
  constructor(
    deps: PermissionsDeps,
    realm: Realm,
    held: ReadonlySet<string>,
    granted: () => Promise<GrantedPermissions | null>,
  ) {
    this.#deps = deps
    this.#realm = realm
    this.held = held
    this.#granted = once(granted)
  }

  holdsAny(roles: readonly RealmRole[]): boolean {
    return roles.some((role) => this.held.has(role))
  }

  /** @param id of the thing, which need not exist; absent = whether it may be done to all of the kind */
  async may(scope: Scope, kind: ResourceKind, id?: string): Promise<boolean> {
    if (kind === 'client' && scope !== 'view' && id !== undefined) {
      const client = await this.#deps.clients.byId(this.#realm.id, id)
      if (client !== null && isAdministrationClient(this.#realm, client)) return false
    }
    if (this.holdsAny(rolesByScope[kind][scope] ?? [])) return true
    return await this.#isGranted(scope, kind, id)
  }

  /** @returns the condition for lists: which of a kind may be seen; undefined = all, null = none */
  async visible(kind: keyof typeof listed): Promise<SeenThings | null | undefined> {
    if (this.holdsAny(rolesByScope[kind].view ?? [])) return undefined
    return (await (await this.#granted())?.visible(listed[kind])) ?? null
  }

  /** As `visible`, for users. */
  async visibleUsers(): Promise<SeenUsers | null | undefined> {
    if (this.holdsAny(rolesByScope.user.view ?? [])) return undefined
    return (await (await this.#granted())?.visibleUsers()) ?? null
  }

  /** @returns what representations of a client say that may be done with it */
  async ofClient(client: Client): Promise<{ view: boolean; configure: boolean; manage: boolean }> {
    const may = async (scope: 'manage' | 'view') =>
      this.holdsAny(rolesByScope.client[scope] ?? []) ||
      (await this.#isGranted(scope, 'client', client.id))
    const manage = !isAdministrationClient(this.#realm, client) && (await may('manage'))
    return { view: await may('view'), configure: manage, manage }
  }

  /** @returns what representations of a group say that may be done with it */
  async ofGroup(id: string) {
    return {
      view: await this.may('view', 'group', id),
      viewMembers: await this.may('view-members', 'group', id),
      manageMembers: await this.may('manage-members', 'group', id),
      manage: await this.may('manage', 'group', id),
      manageMembership: await this.may('manage-membership', 'group', id),
    }
  }

  /** @returns what representations of single users say that may be done with them */
  async ofUser(id: string) {
    return {
      manageGroupMembership: await this.may('manage-group-membership', 'user', id),
      resetPassword: await this.may('reset-password', 'user', id),
      view: await this.may('view', 'user', id),
      mapRoles: await this.may('map-roles', 'user', id),
      impersonate: await this.may('impersonate', 'user', id),
      manage: await this.may('manage', 'user', id),
    }
  }

  /** @returns whether a realm role or client role may be seen or changed */
  mayRole(scope: 'manage' | 'view', role: Role): boolean {
    if (scope === 'manage' && isAdministrationRole(this.#realm, role)) return false
    return this.holdsAny(rolesByScope[role.clientUuid === null ? 'realm' : 'client'][scope] ?? [])
  }

  /** @returns whether a role may be mapped to somebody whose roles may be changed; what it gives is another question */
  async mayMapRole({ id, clientUuid }: Pick<Role, 'clientUuid' | 'id'>): Promise<boolean> {
    if (this.holdsAny(['manage-users'])) return true
    const granted = await this.#granted()
    if (!granted) return false
    if (await granted.permits('Roles', 'map-role', id)) return true
    return clientUuid !== null && (await granted.permits('Clients', 'map-roles', clientUuid))
  }

  /** @returns whether a role may be put into a composite or taken out of one, as far as its kind decides */
  mayCompose(child: Pick<Role, 'clientUuid'>): boolean {
    return this.holdsAny([child.clientUuid === null ? 'manage-realm' : 'manage-clients'])
  }

  /** @returns whether a role may stand in the scope mappings of a client or client scope */
  async mayMapScope(role: Pick<Role, 'clientUuid' | 'id'>): Promise<boolean> {
    if (this.mayCompose(role)) return true
    const granted = await this.#granted()
    if (!granted) return false
    if (await granted.permits('Roles', 'map-role-client-scope', role.id)) return true
    const { clientUuid } = role
    return (
      clientUuid !== null &&
      (await granted.permits('Clients', 'map-roles-client-scope', clientUuid))
    )
  }

  async #isGranted(scope: Scope, kind: ResourceKind, id: string | undefined): Promise<boolean> {
    if (kind === 'realm') return false
    const granted = await this.#granted()
    if (!granted) return false
    if (kind === 'user') return await this.#isGrantedUser(granted, scope, id)
    const type = listed[kind]
    return await granted.permits(type, scope as 'manage' | 'view', id)
  }

  /** Permissions alone let nobody change whoever administers the realm: that would be a way to their roles. */
  async #isGrantedUser(granted: GrantedPermissions, scope: Scope, id: string | undefined) {
    if (!userScopes.has(scope)) return false
    const known = scope as AdminScope<'Users'>
    if (id === undefined) return await granted.permitsAllUsers(known)
    const user = await this.#deps.users.byId(this.#realm.id, id)
    if (!user || (scope !== 'view' && (await this.#administers(user)))) return false
    const { groups } = await this.#deps.users.membershipsWithoutRoles(user)
    const around = await this.#deps.groups.withAncestors(
      this.#realm.id,
      groups.map((group) => group.id),
    )
    const groupIds = around.map((group) => group.id)
    if (await granted.permitsUser(known, id, groupIds)) return true
    return scope === 'reset-password' && (await granted.permitsUser('manage', id, groupIds))
  }

  async #administers(user: User): Promise<boolean> {
    const { own } = this.#realm.adminClients
    if (own === null) return false
    const roles = await this.#deps.roles.ofClient(this.#realm.id, own)
    return (await this.#deps.users.heldOf(user, `client:${own}`, roles)).size > 0
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => {
    result ??= work()
    return result
  }
}
