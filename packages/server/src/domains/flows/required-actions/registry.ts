import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { Mails } from '../../mails/mails.ts'
import type { SingleUseObjects } from '../../sessions/single-use-objects.ts'
import type { UserLifecycle } from '../../user-lifecycle/user-lifecycle.ts'
import type { PatternMatches } from '../../users/profile-validators.ts'
import type { Users } from '../../users/users.ts'
import { configureRecoveryCodes } from './configure-recovery-codes.ts'
import { configureTotp } from './configure-totp.ts'
import { deleteAccount } from './delete-account.ts'
import { deleteCredential } from './delete-credential.ts'
import type { RequiredActionStep } from './required-action.ts'
import { termsAndConditions } from './terms-and-conditions.ts'
import { updateEmail } from './update-email.ts'
import { updatePassword } from './update-password.ts'
import { updateProfile, verifyProfile } from './update-profile.ts'
import { updateUserLocale } from './update-user-locale.ts'
import { verifyEmail } from './verify-email.ts'
import { webauthnRegister } from './webauthn-register.ts'

export interface RequiredActionStepsDeps {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'byEmail' | 'change' | 'changeIn' | 'fresh' | 'memberships'>
  readonly lifecycle: Pick<UserLifecycle, 'remove'>
  readonly mails: Pick<Mails, 'askForStranger' | 'canSend'>
  readonly singleUse: Pick<SingleUseObjects, 'putIfAbsent' | 'read'>
  readonly database: Database
  readonly clock: Clock
  readonly matches: PatternMatches
}

/** Every required action that this server has. One that is due and not here ends the login (fail closed). */
export function requiredActionSteps(deps: RequiredActionStepsDeps): readonly RequiredActionStep[] {
  return [
    termsAndConditions(deps),
    updateProfile(deps),
    configureTotp(deps),
    updatePassword(deps),
    verifyEmail(deps),
    updateEmail(deps),
    verifyProfile(deps),
    configureRecoveryCodes(deps),
    deleteAccount(deps),
    deleteCredential(deps),
    updateUserLocale(deps),
    webauthnRegister(deps, 'webauthn'),
    webauthnRegister(deps, 'webauthn-passwordless'),
  ]
}
