import type { Groups } from '../groups/groups.ts'
import type { IdentityProviders } from '../identity-providers/identity-providers.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Role } from '../roles/role.ts'
import type { FederatedIdentities } from '../users/federated-identities.ts'
import type { User } from '../users/user.ts'
import type { UserMembershipChanges } from '../users/user-membership-changes.ts'
import type { Users } from '../users/users.ts'
import type { NamedRoles } from './named-roles.ts'
import { type Expression, type ExpressionCall, holds } from './workflow-expression.ts'
import type { WorkflowResource } from './workflow-run.ts'

export interface WorkflowConditionsDeps {
  readonly users: Pick<Users, 'holds' | 'fresh'>
  readonly groups: Pick<Groups, 'byPath' | 'withAncestors'>
  readonly userMemberships: Pick<UserMembershipChanges, 'groupIdsOf'>
  readonly federatedIdentities: Pick<FederatedIdentities, 'ofUser'>
  readonly identityProviders: Pick<IdentityProviders, 'byAlias'>
  readonly namedRoles: NamedRoles
}

/** The conditions of workflows (`if`), as Keycloak reads them. Nothing of a user comes from a cache. */
export class WorkflowConditions {
  readonly #deps: WorkflowConditionsDeps

  constructor(deps: WorkflowConditionsDeps) {
    this.#deps = deps
  }

  /** @throws ModelError `invalid` for what it names and is not there, as Keycloak refuses to decide then */
  async apply(
    realm: Realm,
    condition: Expression | null,
    resource: WorkflowResource,
  ): Promise<boolean> {
    if (condition === null) return true
    if (resource.type !== 'USERS') return false
    const user = await this.#deps.users.fresh(realm.id, resource.userId)
    if (user === null) return false
    return await holds(condition, (call) => this.#test(realm, user, call))
  }

  async #test(realm: Realm, user: User, call: ExpressionCall): Promise<boolean> {
    const argument = call.argument ?? ''
    switch (call.name) {
      case 'has-role': {
        const role = await this.#role(realm, argument)
        return await this.#deps.users.holds(user.id, role.id)
      }
      case 'is-member-of':
        return await this.#isMember(realm, user, argument)
      case 'has-user-attribute':
        return hasAttribute(user, argument)
      case 'has-identity-provider-link':
        return await this.#isLinked(realm, user, argument)
      default:
        throw new ModelError('invalid', `Could not find provider factory with id: ${call.name}`)
    }
  }

  async #role(realm: Realm, name: string): Promise<Role> {
    const role = await this.#deps.namedRoles.find(realm, name)
    if (role) return role
    throw new ModelError('invalid', `Role with name ${name} does not exist.`)
  }

  /** Of the group itself or of one below it. */
  async #isMember(realm: Realm, user: User, path: string): Promise<boolean> {
    const { groups, userMemberships } = this.#deps
    const group = await groups.byPath(realm.id, path)
    if (!group) throw new ModelError('invalid', `Group with name ${path} does not exist.`)
    const ids = await userMemberships.groupIdsOf(user.id)
    const above = await groups.withAncestors(realm.id, ids)
    return above.some(({ id }) => id === group.id)
  }

  async #isLinked(realm: Realm, user: User, alias: string): Promise<boolean> {
    if (!(await this.#deps.identityProviders.byAlias(realm.id, alias))) {
      throw new ModelError('invalid', `Identity provider ${alias} does not exist.`)
    }
    const links = await this.#deps.federatedIdentities.ofUser(user.id)
    return links.some(({ identityProvider }) => identityProvider === alias)
  }
}

/** @param pair `key:value`, `key=value1,value2`; the key alone asks for any value */
function hasAttribute(user: User, pair: string): boolean {
  const [, key = '', value = ''] = /^([^:=\s]*)\s*[:=\s]?\s*(.*)$/s.exec(pair.trim()) ?? []
  const present = attributeOf(user, key)
  if (value === '') return present.length > 0
  const expected = value.split(',')
  return (
    present.length === expected.length &&
    present.toSorted().every((one, index) => one === expected.toSorted()[index])
  )
}

function attributeOf(user: User, key: string): readonly string[] {
  const members: Readonly<Record<string, string | null>> = {
    username: user.username,
    email: user.email,
    firstName: user.firstName,
    lastName: user.lastName,
  }
  if (Object.hasOwn(members, key)) return [members[key] ?? []].flat()
  return Object.hasOwn(user.attributes, key) ? (user.attributes[key] ?? []) : []
}
