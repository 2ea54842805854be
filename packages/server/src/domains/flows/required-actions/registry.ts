import type { Database } from '../../../database/database.ts'
import type { Clock } from '../../../shared/clock.ts'
import type { Credentials } from '../../credentials/credentials.ts'
import type { PatternMatches } from '../../users/profile-validators.ts'
import type { Users } from '../../users/users.ts'
import { configureTotp } from './configure-totp.ts'
import type { RequiredActionStep } from './required-action.ts'
import { termsAndConditions } from './terms-and-conditions.ts'
import { updatePassword } from './update-password.ts'
import { updateProfile, verifyProfile } from './update-profile.ts'

export interface RequiredActionStepsDeps {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'change' | 'changeIn' | 'fresh'>
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
    verifyProfile(deps),
  ]
}
