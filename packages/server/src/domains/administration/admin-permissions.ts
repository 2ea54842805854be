import type { Clock } from '../../shared/clock.ts'
import type { EvaluationDeps } from '../authorization/policy-conditions.ts'
import { PolicyEvaluation } from '../authorization/policy-evaluation.ts'
import type { ResourceServers } from '../authorization/resource-servers.ts'
import type { Client } from '../clients/client.ts'
import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import type { Realm } from '../realms/realm.ts'
import type { User } from '../users/user.ts'
import type { Users } from '../users/users.ts'
import { adminPermissionsClientId } from './admin-permissions-schema.ts'
import { GrantedPermissions } from './granted-permissions.ts'

export interface AdminPermissionsDeps {
  readonly clock: Clock
  readonly clients: Pick<Clients, 'byClientId'>
  readonly resourceServers: Pick<ResourceServers, 'of'>
  readonly groups: Pick<Groups, 'byId'>
  readonly users: Pick<Users, 'memberships'>
  /** Whether a pattern of an administrator matches all of a text; undefined where that is not known. */
  readonly verdict: (realm: Realm, pattern: string, text: string) => Promise<boolean | undefined>
}

/** The fine-grained permissions that a realm gives to its own users (its setting `adminPermissionsEnabled`). */
export class AdminPermissions {
  readonly #deps: AdminPermissionsDeps

  constructor(deps: AdminPermissionsDeps) {
    this.#deps = deps
  }

  /**
   * @param through the client whose token the administrator uses
   * @returns null where the realm gives none
   */
  async of(realm: Realm, user: User, through: Client): Promise<GrantedPermissions | null> {
    if (realm.settings['adminPermissionsEnabled'] !== true || user.realmId !== realm.id) return null
    const { clients, resourceServers, groups, users, clock, verdict } = this.#deps
    const client = await clients.byClientId(realm.id, adminPermissionsClientId)
    if (!client) return null
    const server = await resourceServers.of(realm.id, client.id)
    if (server.policies.length === 0) return null
    const memberships = await users.memberships(user)
    const roleIds = new Set(memberships.roles.map(({ id }) => id))
    const names = new Set(through.representation.defaultClientScopes ?? [])
    const granted = realm.clientScopes.filter(({ name }) => names.has(name))
    const identity = {
      id: user.id,
      userId: user.id,
      clientUuid: through.id,
      roleIds,
      heldRoleIds: roleIds,
      groups: memberships.groups,
      clientScopeIds: new Set(granted.map(({ id }) => id)),
      claims: claimsOf(user),
      context: {},
      now: new Date(clock.now()),
    }
    const deps: EvaluationDeps = {
      verdict: async (pattern, text) => await verdict(realm, pattern, text),
      groupPath: async (id) => (await groups.byId(realm.id, id))?.path,
    }
    return new GrantedPermissions(server, new PolicyEvaluation(server, identity, deps))
  }
}

function claimsOf({ attributes, username, email, firstName, lastName }: User) {
  return {
    ...attributes,
    preferred_username: [username],
    ...(email === null ? {} : { email: [email] }),
    ...(firstName === null ? {} : { given_name: [firstName] }),
    ...(lastName === null ? {} : { family_name: [lastName] }),
  }
}
