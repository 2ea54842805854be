import type { Group } from '../../groups/group.ts'
import { attributeValues } from '../../users/attribute-values.ts'
import type { User, UserMemberships } from '../../users/user.ts'
import { writeClaim } from './claim-writer.ts'
import { allTargets, type ProtocolMapperType } from './protocol-mapper-type.ts'

/** @returns an attribute of the user, its own properties included, as Keycloak names them */
export function userAttribute(user: User, name: string): readonly string[] {
  const property =
    name === 'username'
      ? user.username
      : name === 'email'
        ? user.email
        : name === 'firstName'
          ? user.firstName
          : name === 'lastName'
            ? user.lastName
            : undefined
  if (property !== undefined) return property === null ? [] : [property]
  return attributeValues(user.attributes, name)
}

/** Values of the groups that the user is in; a group without the attribute has its parent's, as far as they are loaded. */
function groupAttributes(groups: readonly Group[], name: string, all: boolean): string[] {
  const values: string[] = []
  for (const group of groups) {
    values.push(...attributeValues(group.attributes, name))
    if (!all && values.length > 0) break
  }
  return values
}

/** The user's values; the groups' where the user has none, or in addition (`aggregate.attrs`). */
export function resolvedAttribute(
  user: User,
  memberships: UserMemberships,
  name: string,
  aggregate: boolean,
): readonly string[] {
  const own = userAttribute(user, name)
  if (own.length > 0 && !aggregate) return own
  const inherited = groupAttributes(memberships.groups, name, aggregate)
  // Nearly always: nothing to put together.
  if (own.length + inherited.length < 2) return own.length > 0 ? own : inherited
  return [...new Set([...own, ...inherited])]
}

export const userAttributeMapper: ProtocolMapperType = {
  id: 'oidc-usermodel-attribute-mapper',
  priority: 0,
  targets: allTargets,
  apply(claims, { user, memberships }, config, path) {
    const name = config['user.attribute']
    if (!name) return
    const aggregate = config['aggregate.attrs'] === 'true'
    writeClaim(claims, config, path, resolvedAttribute(user, memberships, name, aggregate))
  },
}
