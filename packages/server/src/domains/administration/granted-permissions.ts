import type { PolicyEvaluation } from '../authorization/policy-evaluation.ts'
import type { Policy, ResourceServer } from '../authorization/resource-server.ts'
import type { SeenThings } from '../realms/seen-things.ts'
import type { GroupId } from '../typed-ids.ts'
import type { SeenUsers } from '../users/user-search.ts'
import {
  type AdminResourceType,
  type AdminScope,
  isAdminResourceType,
  scopesOfMembers,
} from './admin-permissions-schema.ts'

/** A permission, read from a resource server. */
interface Given {
  readonly type: AdminResourceType
  readonly scopes: ReadonlySet<string>
  /** Null = all things of the type. */
  readonly ids: readonly string[] | null
  readonly policy: Policy
}

/**
 * What one administrator is permitted by the realm's admin permissions. Those for single things count before those for all of
 * their kind, and of several that are about the same thing all have to permit (Keycloak's `admin-fine-grained-authz:v2`).
 */
export class GrantedPermissions {
  readonly #given: readonly Given[]
  readonly #evaluation: PolicyEvaluation
  readonly #effects = new Map<string, Promise<boolean>>()

  constructor(server: ResourceServer, evaluation: PolicyEvaluation) {
    this.#given = givenIn(server)
    this.#evaluation = evaluation
  }

  /** @param id absent = all things of the type. @returns whether it is permitted; never for Users, whose groups count too */
  async permits<T extends Exclude<AdminResourceType, 'Users'>>(
    type: T,
    scope: AdminScope<T>,
    id?: string,
  ): Promise<boolean> {
    const specific = id === undefined ? [] : await this.#of(type, scope, id)
    return all(specific.length > 0 ? specific : await this.#of(type, scope, null))
  }

  /** @param groupIds groups of the user with the groups around them. @returns whether it is permitted to do this with a user */
  async permitsUser(
    scope: AdminScope<'Users'>,
    id: string,
    groupIds: readonly GroupId[],
  ): Promise<boolean> {
    const alias = scopesOfMembers[scope]
    const specific = await this.#of('Users', scope, id)
    const general = await this.#of('Users', scope, null)
    if (alias !== undefined && groupIds.length > 0) {
      for (const groupId of groupIds) specific.push(...(await this.#of('Groups', alias, groupId)))
      general.push(...(await this.#of('Groups', alias, null)))
    }
    return all(specific.length > 0 ? specific : general)
  }

  /** @returns whether it is permitted with every user, such as to make one */
  async permitsAllUsers(scope: AdminScope<'Users'>): Promise<boolean> {
    return all(await this.#of('Users', scope, null))
  }

  /** @returns the condition for lists of a kind; null where nothing may be seen */
  async visible(type: 'Clients' | 'Groups' | 'Organizations'): Promise<SeenThings | null> {
    const { yes, no } = await this.#named(type, 'view')
    const everything = all(await this.#of(type, 'view', null))
    if (!everything && yes.length === 0) return null
    return { ids: everything ? null : yes, except: no }
  }

  /** @returns the condition for lists of users; null where nobody may be seen */
  async visibleUsers(): Promise<SeenUsers | null> {
    const users = await this.#named('Users', 'view')
    const groups = await this.#named('Groups', 'view-members')
    const ofUsers = await this.#of('Users', 'view', null)
    const ofGroups = await this.#of('Groups', 'view-members', null)
    const general = all([...ofUsers, ...ofGroups])
    const others = general ? (ofUsers.length > 0 ? 'all' : 'members') : 'none'
    if (others === 'none' && users.yes.length === 0 && groups.yes.length === 0) return null
    return {
      others,
      ids: users.yes,
      except: users.no,
      groupIds: groups.yes,
      exceptGroupIds: groups.no,
    }
  }

  /** The single things that permissions name, by what they say of them. */
  async #named(type: AdminResourceType, scope: AdminScope) {
    const ids = new Set(
      this.#given.flatMap((given) => (covers(given, type, scope) ? (given.ids ?? []) : [])),
    )
    const yes: string[] = []
    const no: string[] = []
    for (const id of ids) (all(await this.#of(type, scope, id)) ? yes : no).push(id)
    return { yes, no }
  }

  /** What the permissions for a thing say, for all things of its kind with null. */
  async #of(type: AdminResourceType, scope: AdminScope, id: string | null): Promise<boolean[]> {
    const about = this.#given.filter(
      (given) =>
        covers(given, type, scope) && (id === null ? given.ids === null : given.ids?.includes(id)),
    )
    return await Promise.all(about.map(({ policy }) => this.#effectOf(policy)))
  }

  async #effectOf(policy: Policy): Promise<boolean> {
    const known = this.#effects.get(policy.id)
    if (known !== undefined) return await known
    const effect = this.#evaluation.permits(policy)
    this.#effects.set(policy.id, effect)
    return await effect
  }
}

function covers(given: Given, type: AdminResourceType, scope: string): boolean {
  return given.type === type && given.scopes.has(scope)
}

/** Where nobody says anything, nothing is permitted. */
function all(effects: readonly boolean[]): boolean {
  return effects.length > 0 && effects.every(Boolean)
}

/** A permission for all things of a kind names the resource that is called as the kind. */
function givenIn({ policies, resources, scopes }: ResourceServer): Given[] {
  const names = new Map(scopes.map(({ id, name }) => [id, name]))
  const objects = new Map(resources.map(({ id, name }) => [id, name]))
  return policies.flatMap((policy): Given[] => {
    const type = policy.config['defaultResourceType'] ?? ''
    if (policy.type !== 'scope' || !isAdminResourceType(type)) return []
    const ids = policy.resourceIds.map((id) => objects.get(id) ?? '')
    return [
      {
        type,
        scopes: new Set(policy.scopeIds.map((id) => names.get(id) ?? '')),
        ids: ids.includes(type) ? null : ids,
        policy,
      },
    ]
  })
}
