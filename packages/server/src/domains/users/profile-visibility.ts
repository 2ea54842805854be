import { disabledReasonAttribute } from './disabled-reason.ts'
import { pendingEmailAttribute } from './pending-email.ts'
import type { User } from './user.ts'
import {
  columnNames,
  effectiveProfile,
  mayView,
  type ProfileRealm,
  type ProfileRole,
} from './user-profile.ts'

type Attributes = User['attributes']

/**
 * @returns the attributes of a user that this role may see: those that the profile lets it view, and where its policy says
 * so those that it does not name. An administrator sees all of a service account.
 */
export function visibleAttributes(
  realm: ProfileRealm,
  user: Pick<User, 'attributes' | 'serviceAccountClientUuid'>,
  role: ProfileRole,
): Attributes {
  if (user.serviceAccountClientUuid !== null && role === 'admin') return user.attributes
  const { attributes, unmanagedAttributePolicy: policy } = effectiveProfile(realm)
  const managed = new Map(attributes.map((attribute) => [attribute.name, attribute]))
  const others = policy !== undefined && (role === 'admin' || policy === 'ENABLED')
  const shown = Object.entries(user.attributes).filter(([name]) => {
    const attribute = managed.get(name)
    if (name === pendingEmailAttribute || name === disabledReasonAttribute) return role === 'admin'
    return attribute ? mayView(attribute, role) : others
  })
  return Object.fromEntries(shown)
}

/** @returns name, address and user name as far as this role may see them, without those that the user has not */
export function visibleNames(
  realm: ProfileRealm,
  user: Pick<User, 'username' | 'email' | 'firstName' | 'lastName' | 'serviceAccountClientUuid'>,
  role: ProfileRole,
) {
  const all = user.serviceAccountClientUuid !== null && role === 'admin'
  const { attributes } = effectiveProfile(realm)
  const hidden = attributes.filter((attribute) => !mayView(attribute, role)).map(({ name }) => name)
  const seen = (name: string) => all || !hidden.includes(name)
  return {
    ...(seen('username') ? { username: user.username } : {}),
    ...(user.firstName !== null && seen('firstName') ? { firstName: user.firstName } : {}),
    ...(user.lastName !== null && seen('lastName') ? { lastName: user.lastName } : {}),
    ...(user.email !== null && seen('email') ? { email: user.email } : {}),
  }
}

/** @returns the attributes that the profile does not name, for an administrator; none where the realm forbids such */
export function unmanagedAttributes(realm: ProfileRealm, user: Pick<User, 'attributes'>) {
  const { attributes, unmanagedAttributePolicy: policy } = effectiveProfile(realm)
  if (policy === undefined) return {}
  const managed = new Set([...columnNames, ...attributes.map(({ name }) => name)])
  const others = Object.entries(user.attributes).filter(([name]) => !managed.has(name))
  return Object.fromEntries(others)
}
