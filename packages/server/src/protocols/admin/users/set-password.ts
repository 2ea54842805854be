import { PasswordRejected } from '../../../domains/credentials/password/password-rejected.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { User } from '../../../domains/users/user.ts'
import { Messages } from '../../../pages/messages/messages.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'

/** Admin REST describes violations in English, whatever the realm speaks. */
const messages = new Messages('en')

/** Sets a user's password. @throws HttpError 400 with Keycloak's message when it breaks the realm's policy */
export async function setPassword(
  deps: AdminDeps,
  realm: Realm,
  user: User,
  password: string,
  temporary: boolean,
): Promise<void> {
  if (password === '') throw badRequest('Empty password not allowed')
  try {
    await deps.credentials.setPassword(realm, user, password, { temporary })
  } catch (error) {
    if (!(error instanceof PasswordRejected)) throw error
    const { key, params } = error.violation
    const description = messages.text(key, ...params.map(String))
    throw badRequest(key, description)
  }
}
