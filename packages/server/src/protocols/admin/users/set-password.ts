import { PasswordRejected } from '../../../domains/credentials/password/password-rejected.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import type { User } from '../../../domains/users/user.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { badRequest } from '../admin-error.ts'

/** English texts of policy violations: Admin REST answers them as descriptions. `{0}`, `{1}` = parameters. */
const texts: Readonly<Record<string, string>> = {
  invalidPasswordMinLengthMessage: 'Invalid password: minimum length {0}.',
  invalidPasswordMaxLengthMessage: 'Invalid password: maximum length {0}.',
  invalidPasswordMinLowerCaseCharsMessage:
    'Invalid password: must contain at least {0} lower case characters.',
  invalidPasswordMinUpperCaseCharsMessage:
    'Invalid password: must contain at least {0} upper case characters.',
  invalidPasswordMinDigitsMessage: 'Invalid password: must contain at least {0} numerical digits.',
  invalidPasswordMinSpecialCharsMessage:
    'Invalid password: must contain at least {0} special characters.',
  invalidPasswordNotUsernameMessage: 'Invalid password: must not be equal to the username.',
  invalidPasswordNotContainsUsernameMessage: 'Invalid password: Can not contain the username.',
  invalidPasswordNotEmailMessage: 'Invalid password: must not be equal to the email.',
  invalidPasswordRegexPatternMessage: 'Invalid password: fails to match regex pattern(s).',
  invalidPasswordHistoryMessage:
    'Invalid password: must not be equal to any of last {0} passwords.',
  invalidPasswordBlacklistedMessage: 'Invalid password: password is blacklisted.',
  invalidPasswordGenericMessage: 'Invalid password: new password does not match password policies.',
}

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
    const description = (texts[key] ?? key).replace(/\{(\d)\}/g, (_, index) =>
      String(params[Number(index)] ?? ''),
    )
    throw badRequest(key, description)
  }
}
