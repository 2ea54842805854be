import type { User } from './user.ts'

/** Attribute that says why nobody but an administrator may enable a user again (Keycloak's name). */
export const disabledReasonAttribute = 'disabledReason'
const afterGuesses = 'permanentLockout'

/** @returns the user, disabled because of too many failed attempts */
export function disabledByGuesses(user: User): User {
  const attributes = { ...user.attributes, [disabledReasonAttribute]: [afterGuesses] }
  return { ...user, enabled: false, attributes }
}

/** Whether too many failed attempts have disabled the user. */
export function isDisabledByGuesses({ attributes }: Pick<User, 'attributes'>): boolean {
  return attributes[disabledReasonAttribute]?.includes(afterGuesses) === true
}

/** @returns `after`, without the reason for what it no longer is */
export function withoutPastReason(before: User, after: User): User {
  if (before.enabled || !after.enabled) return after
  const { [disabledReasonAttribute]: _past, ...attributes } = after.attributes
  return { ...after, attributes }
}
