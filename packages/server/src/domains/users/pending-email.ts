import type { Realm } from '../realms/realm.ts'
import type { User } from './user.ts'

/** Keycloak's attribute of an address that waits to be confirmed; an administrator who removes it takes it back. */
export const pendingEmailAttribute = 'kc.email.pending'

/** @returns the user with another address, which is the user name where the realm has it so */
export function withEmail(
  { settings }: Pick<Realm, 'settings'>,
  user: User,
  email: string,
  verified: boolean,
): User {
  const { [pendingEmailAttribute]: _, ...attributes } = user.attributes
  return {
    ...user,
    email,
    emailVerified: verified,
    attributes,
    ...(settings.registrationEmailAsUsername ? { username: email.toLowerCase() } : {}),
  }
}
