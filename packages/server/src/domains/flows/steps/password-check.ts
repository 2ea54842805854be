import type { Credentials } from '../../credentials/credentials.ts'
import { isDisabledByGuesses } from '../../users/disabled-reason.ts'
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
 * Checks a password as every form and grant does: the hash (of nothing for unknown users, so that the time tells nothing),
 * the lock, then whether the user is enabled.
 */
export async function checkPassword(
  credentials: Credentials,
  context: StepContext,
  user: User | null,
  password: string,
): Promise<PasswordOutcome> {
  const { realm, ipAddress } = context
  const person = user?.serviceAccountClientUuid === null ? user : null
  const check = await credentials.verifyPassword(realm, person, password, ipAddress)
  if (person === null) return 'user_not_found'
  if (!check.valid) return check.locked ? 'user_temporarily_disabled' : 'invalid_user_credentials'
  // Who is locked for good hears nothing else than who is locked for a while.
  if (!check.enabled)
    return isDisabledByGuesses(person) ? 'user_temporarily_disabled' : 'user_disabled'
  context.credentialTypes.learn(person, check.types)
  markUsed(context, 'password')
  return 'valid'
}

/** Whether a credential of this type has proved who it is, earlier in this login. */
export function hasUsed({ state }: Pick<StepContext, 'state'>, type: string): boolean {
  return state.notes[usedCredentialsNote]?.split(',').includes(type) === true
}

/** Remembers that a credential of this type has proved who it is: from now on the login is more than a visit. */
export function markUsed(context: StepContext, type: string): void {
  const used = context.state.notes[usedCredentialsNote]
  context.setNote(usedCredentialsNote, used === undefined ? type : `${used},${type}`)
  context.state.proved = true
}

/** @returns Keycloak's error code for a guess that was not right */
export function guessError(outcome: 'wrong' | 'locked'): string {
  return outcome === 'locked' ? 'user_temporarily_disabled' : 'invalid_user_credentials'
}
