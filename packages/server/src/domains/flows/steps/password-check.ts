import type { Credentials } from '../../credentials/credentials.ts'
import type { User } from '../../users/user.ts'
import { usedCredentialsNote } from '../conditions/credential-used.ts'
import type { StepContext } from '../engine/step.ts'

/** What comes of a user name and password; the words are Keycloak's error codes. */
export type PasswordOutcome =
  | 'valid'
  | 'user_not_found'
  | 'invalid_user_credentials'
  | 'user_temporarily_disabled'
  | 'user_disabled'

/**
 * Checks a password as every form and grant does: the lock first, then the hash (of nothing for unknown users, so that the
 * time tells nothing), then whether the user is enabled.
 */
export async function checkPassword(
  credentials: Credentials,
  context: StepContext,
  user: User | null,
  password: string,
): Promise<PasswordOutcome> {
  const { realm, ipAddress } = context
  if (user === null || user.serviceAccountClientUuid !== null) {
    if (password !== '') await credentials.passwords.verifyNothing(realm, password, ipAddress)
    return 'user_not_found'
  }
  const check =
    password === ''
      ? { valid: false as const, locked: await credentials.failures.isLocked(realm, user) }
      : await credentials.verifyPassword(realm, user, password, ipAddress)
  if (!check.valid) {
    if (check.locked) return 'user_temporarily_disabled'
    await countFailure(credentials, context, user, false)
    return 'invalid_user_credentials'
  }
  if (!check.enabled) return 'user_disabled'
  context.credentialTypes.learn(user, check.types)
  markUsed(context, 'password')
  return 'valid'
}

/** Records a wrong answer with the brute-force protection. */
export async function countFailure(
  credentials: Credentials,
  { realm, ipAddress }: StepContext,
  user: User,
  secondary: boolean,
): Promise<void> {
  await credentials.failures.record(realm, user, { ip: ipAddress, secondary })
}

/** Remembers that a credential of this type has proved who it is: from now on the login is more than a visit. */
export function markUsed(context: StepContext, type: string): void {
  const used = context.state.notes[usedCredentialsNote]
  context.setNote(usedCredentialsNote, used === undefined ? type : `${used},${type}`)
  context.state.proved = true
}
