import type { User } from '../../../domains/users/user.ts'

/** @returns by what an event tells whom it concerns: Keycloak's details of a membership */
export function namesOf({ username, email }: Pick<User, 'email' | 'username'>) {
  return { username, ...(email ? { email } : {}) }
}
