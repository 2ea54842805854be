import { masterRealmName } from '../../domains/administration/administration.ts'
import {
  type AdministrationRole,
  administrationRoleNames,
} from '../../domains/administration/administration-roles.ts'
import type { Client } from '../../domains/clients/client.ts'
import type { Realm } from '../../domains/realms/realm.ts'
import type { SessionId } from '../../domains/typed-ids.ts'
import type { User } from '../../domains/users/user.ts'
import type { AdminDeps } from './admin-deps.ts'
import { forbidden } from './admin-error.ts'

/** Roles that an administrator may hold in the client that administers a realm. */
export type RealmRole = AdministrationRole | 'realm-admin'

const everyRole: ReadonlySet<string> = new Set(administrationRoleNames)

type Deps = Pick<AdminDeps, 'roles' | 'users'>
/** What of its token says more than realm, user and client. */
interface AdministratorToken {
  readonly sessionId: SessionId | null
  readonly locale: string | null
}

/** What says who administers a realm. */
type Administered = Pick<Realm, 'id' | 'adminClients'>

/**
 * Whom a request of Admin REST comes from, and what it may do. Administrators of master administer every realm through
 * the roles of master's client for it, those of another realm their own; the realm's row names both clients by their ids.
 */
export class Administrator {
  readonly realm: Realm
  readonly user: User
  readonly client: Client
  /** The session that the token belongs to; null for service accounts. */
  readonly sessionId: SessionId | null
  /** Language that the token names: what is refused is told in it. English without one, as in Keycloak. */
  readonly locale: string
  readonly #deps: Deps

  constructor(deps: Deps, realm: Realm, user: User, client: Client, token: AdministratorToken) {
    this.sessionId = token.sessionId
    this.locale = token.locale ?? 'en'
    this.#deps = deps
    this.realm = realm
    this.user = user
    this.client = client
  }

  /** @returns whether it signed in to master */
  get ofMaster(): boolean {
    return this.realm.name === masterRealmName
  }

  /** @returns the roles it holds for administering `target`; empty when it may not administer it at all */
  async rolesFor(target: Administered): Promise<ReadonlySet<string>> {
    if (!this.ofMaster && this.realm.id !== target.id) return new Set()
    const owner = this.ofMaster ? target.adminClients.inMaster : target.adminClients.own
    if (owner === null) return new Set()
    const all = await this.#deps.roles.ofClient(this.realm.id, owner)
    const held = await this.#deps.users.heldOf(this.user, `client:${owner}`, all)
    const usable = await this.#inScope(all, owner)
    return new Set(all.filter(({ id }) => held.has(id) && usable.has(id)).map(({ name }) => name))
  }

  /**
   * Those of many realms that it administers, with the roles that it holds for each. Who holds master's `admin` administers
   * all, so that no realm needs a look of its own; others administer a few of thousands, found by one list of what they hold.
   */
  async *administered<R extends Administered>(
    realms: readonly R[],
  ): AsyncGenerator<{ readonly realm: R; readonly roles: ReadonlySet<string> }> {
    if (this.ofMaster && (await this.holdsRealmRole('admin'))) {
      for (const realm of realms) yield { realm, roles: everyRole }
      return
    }
    for (const realm of await this.#among(realms)) {
      const roles = await this.rolesFor(realm)
      if (roles.size > 0) yield { realm, roles }
    }
  }

  /** Those of many realms that it may have a role for. */
  async #among<R extends Administered>(realms: readonly R[]): Promise<R[]> {
    if (!this.ofMaster) return realms.filter(({ id }) => id === this.realm.id)
    const { roles } = await this.#deps.users.memberships(this.user)
    const owners = new Set<string | null>(roles.map(({ clientUuid }) => clientUuid))
    return realms.filter(({ adminClients: { inMaster } }) => inMaster && owners.has(inMaster))
  }

  /** @throws HttpError 403 unless it holds one of these roles for the realm */
  async require(target: Realm, anyOf: readonly RealmRole[]): Promise<ReadonlySet<string>> {
    const held = await this.rolesFor(target)
    if (!anyOf.some((role) => held.has(role))) throw forbidden()
    return held
  }

  /** @returns whether it holds a realm role of its own realm (`admin`, `create-realm`) */
  async holdsRealmRole(name: string): Promise<boolean> {
    const role = await this.#deps.roles.byName(this.realm.id, null, name)
    if (!role) return false
    const held = await this.#deps.users.heldOf(this.user, `role:${role.id}`, [role])
    return held.has(role.id) && (await this.#inScope([role], null)).has(role.id)
  }

  /** A client without full scope passes on only the roles of its scope mappings, and its own. */
  async #inScope(roles: readonly { id: string }[], ownerId: string | null): Promise<Set<string>> {
    const all = new Set(roles.map(({ id }) => id))
    if (this.client.representation.fullScopeAllowed !== false || this.client.id === ownerId) {
      return all
    }
    const mapped = await this.#deps.roles.inScopeOf(this.realm.id, this.client.id)
    return new Set(mapped.map(({ id }) => id).filter((id) => all.has(id)))
  }
}
