import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import type { Users } from '../users/users.ts'
import type { OwnerCondition, OwnerPolicy, ResourceServer } from './resource-server.ts'

export interface OwnerPoliciesDeps {
  readonly users: Pick<Users, 'byId' | 'byUsername'>
  readonly clients: Pick<Clients, 'byId' | 'byClientId'>
  readonly groups: Pick<Groups, 'byId' | 'byPath'>
  readonly roles: Pick<Roles, 'byId' | 'byName'>
}

/** Who is given, by name: realm roles and `client/role`, paths of groups, `clientId`, usernames. */
export interface GivenParties {
  readonly roles?: readonly string[] | undefined
  readonly groups?: readonly string[] | undefined
  readonly clients?: readonly string[] | undefined
  readonly users?: readonly string[] | undefined
}

type Kind = OwnerCondition['type']

const kinds: readonly (readonly [Kind, keyof GivenParties])[] = [
  ['role', 'roles'],
  ['group', 'groups'],
  ['client', 'clients'],
  ['user', 'users'],
]
const partiesMax = 500

/** Names in owners' policies become ids, and ids names. */
export class OwnerPolicies {
  readonly #deps: OwnerPoliciesDeps

  constructor(deps: OwnerPoliciesDeps) {
    this.#deps = deps
  }

  /**
   * One condition for each name, as Keycloak makes them: UNANIMOUS asks for all of them.
   * @throws ModelError `invalid` for a name that is not there
   */
  async conditionsOf(realm: Realm, given: GivenParties): Promise<OwnerCondition[]> {
    const conditions: OwnerCondition[] = []
    for (const [type, member] of kinds) {
      for (const id of await this.#idsOf(realm, type, given[member] ?? [])) {
        conditions.push({ type, ids: [id] })
      }
    }
    return conditions
  }

  /** As in Keycloak, what was several conditions of a kind becomes several that each name all. */
  async changedConditions(
    realm: Realm,
    present: readonly OwnerCondition[],
    given: GivenParties,
  ): Promise<OwnerCondition[]> {
    const conditions: OwnerCondition[] = []
    for (const [type, member] of kinds) {
      const ids = await this.#idsOf(realm, type, given[member] ?? [])
      if (ids.length === 0) continue
      if (present.some((each) => each.type === type)) conditions.push({ type, ids })
      else for (const id of ids) conditions.push({ type, ids: [id] })
    }
    return conditions
  }

  /** Keycloak's UmaPermissionRepresentation; what is gone meanwhile is left out. */
  async represented(realm: Realm, server: ResourceServer, policy: OwnerPolicy) {
    const { id, name, description, logic, decisionStrategy, ownerId, scopeIds } = policy
    const scopes = server.scopes.filter((scope) => scopeIds.includes(scope.id))
    const parties: Record<string, string[]> = {}
    for (const [type, member] of kinds) {
      const ids = policy.conditions.flatMap((each) => (each.type === type ? each.ids : []))
      const names: string[] = []
      for (const each of new Set(ids)) names.push(...(await this.#nameOf(realm, type, each)))
      if (names.length > 0) parties[member] = names
    }
    return {
      id,
      name,
      ...(description === undefined ? {} : { description }),
      type: 'uma',
      scopes: scopes.map((scope) => scope.name),
      logic,
      decisionStrategy,
      owner: ownerId,
      ...parties,
    }
  }

  async #idsOf(realm: Realm, type: Kind, names: readonly string[]): Promise<string[]> {
    if (names.length > partiesMax) throw new ModelError('invalid', `More than ${partiesMax} names`)
    const ids: string[] = []
    for (const name of new Set(names)) {
      const id = await this.#idOf(realm, type, name)
      if (id === undefined)
        throw new ModelError('invalid', `${type} [${name.slice(0, 255)}] not found`)
      ids.push(id)
    }
    return ids
  }

  async #idOf(realm: Realm, type: Kind, name: string): Promise<string | undefined> {
    const { users, clients, groups, roles } = this.#deps
    switch (type) {
      case 'user':
        return ((await users.byUsername(realm.id, name)) ?? (await users.byId(realm.id, name)))?.id
      case 'client':
        return (await clients.byClientId(realm.id, name))?.id
      case 'group':
        return (await groups.byPath(realm.id, name))?.id
      case 'role': {
        const [clientId = '', roleName] = name.split('/', 2)
        const plain = await roles.byName(realm.id, null, name)
        if (plain || roleName === undefined) return plain?.id
        const owner = await clients.byClientId(realm.id, clientId)
        return owner ? (await roles.byName(realm.id, owner.id, roleName))?.id : undefined
      }
    }
  }

  async #nameOf(realm: Realm, type: Kind, id: string): Promise<string[]> {
    const { users, clients, groups, roles } = this.#deps
    switch (type) {
      case 'user':
        return [(await users.byId(realm.id, id))?.username ?? []].flat()
      case 'client':
        return [(await clients.byId(realm.id, id))?.clientId ?? []].flat()
      case 'group':
        return [(await groups.byId(realm.id, id))?.path ?? []].flat()
      case 'role': {
        const role = await roles.byId(realm.id, id)
        return role ? [role.clientId ? `${role.clientId}/${role.name}` : role.name] : []
      }
    }
  }
}
