import type { Client } from '../clients/client.ts'
import type { ClientScope, Realm } from '../realms/realm.ts'
import type { RoleReference } from '../roles/role.ts'
import type { Roles } from '../roles/roles.ts'
import type { User, UserMemberships } from '../users/user.ts'
import type { Users } from '../users/users.ts'
import { acrLevels } from './authentication-level.ts'
import {
  GrantedScopes,
  offlineScope,
  organizationScope,
  type RequestedScopes,
  requestedScopes,
} from './granted-scopes.ts'
import { organizationsOf } from './mappers/organization-mapper.ts'
import type { VisibleRoles } from './token-context.ts'

/** What a user may have for a client and a scope parameter. Immutable; `roles` is copied before mappers change it. */
export interface EffectiveAccess {
  readonly scopes: GrantedScopes
  readonly roles: VisibleRoles
  /** Levels of authentication by their `acr` names. */
  readonly acrLevels: ReadonlyMap<string, number>
}

/** Entries kept per user; beyond it they are computed anew. */
const entriesPerUserMax = 50
/** Longer scope parameters are not worth keeping, and nobody shall fill the memory with them. */
const keptScopeCharactersMax = 500

/**
 * Works out roles and scopes. Results are kept with the user's memberships as they are cached: any change of the user, the
 * realm's roles or groups makes another object of those, and a changed realm or client has another `ver`.
 */
export class EffectiveAccesses {
  readonly #roles: Roles
  readonly #users: Pick<Users, 'heldOf'>
  readonly #kept = new WeakMap<UserMemberships, Map<string, EffectiveAccess>>()

  constructor({ roles, users }: { roles: Roles; users: Pick<Users, 'heldOf'> }) {
    this.#roles = roles
    this.#users = users
  }

  of(
    realm: Realm,
    client: Client,
    memberships: UserMemberships,
    scopeParameter: string | undefined,
  ): Promise<EffectiveAccess> {
    return this.#keptWith(realm, client, memberships, scopeParameter, () =>
      this.#compute(realm, client, memberships, scopeParameter),
    )
  }

  /**
   * The scopes alone, for tokens that show no role: `roles` is empty.
   * @param memberships without roles; which of those that scopes ask for the user holds is looked up
   */
  async withoutRoles(
    realm: Realm,
    client: Client,
    user: User,
    memberships: UserMemberships,
    scopeParameter: string | undefined,
  ): Promise<EffectiveAccess> {
    return await this.#keptWith(realm, client, memberships, scopeParameter, async () => {
      const requested = requestedScopes(realm, client, scopeParameter)
      const permitted: ClientScope[] = []
      for (const scope of requested.scopes) {
        const mapped = await this.#rolesFor(realm, scope)
        const purpose = `scope:${mapped?.map(({ id }) => id).join()}`
        const allowed =
          mapped === null || (await this.#users.heldOf(user, purpose, mapped)).size > 0
        if (allowed && choosesSomething(realm, scope, requested, memberships)) permitted.push(scope)
      }
      return {
        scopes: new GrantedScopes(client, requested, permitted),
        roles: namesOf([]),
        acrLevels: acrLevels(realm, client),
      }
    })
  }

  async #keptWith(
    realm: Realm,
    client: Client,
    memberships: UserMemberships,
    scopeParameter: string | undefined,
    compute: () => Promise<EffectiveAccess>,
  ): Promise<EffectiveAccess> {
    let kept = this.#kept.get(memberships)
    if (!kept) {
      kept = new Map()
      this.#kept.set(memberships, kept)
    }
    const key = `${client.id} ${client.ver} ${realm.ver} ${scopeParameter ?? ''}`
    const known = kept.get(key)
    if (known) return known
    const access = await compute()
    if ((scopeParameter?.length ?? 0) > keptScopeCharactersMax) return access
    if (kept.size >= entriesPerUserMax) kept.clear()
    kept.set(key, access)
    return access
  }

  async #compute(
    realm: Realm,
    client: Client,
    memberships: UserMemberships,
    scopeParameter: string | undefined,
  ): Promise<EffectiveAccess> {
    const requested = requestedScopes(realm, client, scopeParameter)
    const held = new Set(memberships.roles.map((role) => role.id))
    const permitted: ClientScope[] = []
    const inScope = new Set<string>()
    for (const scope of requested.scopes) {
      const mapped = await this.#rolesFor(realm, scope)
      if (mapped !== null && !mapped.some((role) => held.has(role.id))) continue
      if (!choosesSomething(realm, scope, requested, memberships)) continue
      permitted.push(scope)
      for (const role of mapped ?? []) inScope.add(role.id)
    }
    const visible = client.representation.fullScopeAllowed
      ? memberships.roles
      : await this.#limited(realm, client, memberships.roles, inScope)
    return {
      scopes: new GrantedScopes(client, requested, permitted),
      roles: namesOf(visible),
      acrLevels: acrLevels(realm, client),
    }
  }

  /** Roles of which a user has to hold one for a scope; null where the scope is for everybody. */
  async #rolesFor(realm: Realm, scope: ClientScope): Promise<readonly RoleReference[] | null> {
    const mapped = await this.#roles.inScopeOf(realm.id, scope.id)
    if (mapped.length > 0) return mapped
    if (scope.name !== offlineScope) return null
    // Offline access is a right of its own, also where the scope has lost the mapping that says so.
    const role = await this.#roles.byName(realm.id, null, offlineScope)
    return role === null ? [] : [role]
  }

  /** Without full scope only the client's own roles and those in its and its scopes' mappings are shown. */
  async #limited(
    realm: Realm,
    client: Client,
    roles: readonly RoleReference[],
    inScope: Set<string>,
  ): Promise<RoleReference[]> {
    for (const role of await this.#roles.inScopeOf(realm.id, client.id)) inScope.add(role.id)
    return roles.filter((role) => role.clientUuid === client.id || inScope.has(role.id))
  }
}

/** Whether a scope that names organizations, or all of them, means any that the user is in. */
function choosesSomething(
  realm: Realm,
  scope: ClientScope,
  { organizations }: RequestedScopes,
  memberships: UserMemberships,
): boolean {
  if (scope.name !== organizationScope || organizations === null || organizations === 'single') {
    return true
  }
  return organizationsOf(realm, memberships, organizations).length > 0
}

function namesOf(roles: readonly RoleReference[]): VisibleRoles {
  const realm = new Set<string>()
  const clients = new Map<string, Set<string>>()
  for (const role of roles) {
    if (role.clientId === null) {
      realm.add(role.name)
      continue
    }
    const names = clients.get(role.clientId) ?? new Set()
    clients.set(role.clientId, names.add(role.name))
  }
  return { realm, clients }
}

/** @returns a copy that mappers may change */
export function copyOf(roles: VisibleRoles): VisibleRoles {
  return {
    realm: new Set(roles.realm),
    clients: new Map([...roles.clients].map(([clientId, names]) => [clientId, new Set(names)])),
  }
}
