import type { Credentials } from '../../../credentials/credentials.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { LoginPageNotes } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { guessError, markUsed } from '../password-check.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'recovery-code': { readonly codeNumber: number }
  }
}

const lockedNotes: LoginPageNotes = {
  message: { kind: 'error', key: 'accountTemporarilyDisabledMessage' },
}
const newList = 'CONFIGURE_RECOVERY_AUTHN_CODES'

export interface RecoveryCodeFormDeps {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'change'>
}

/** Asks for the next code of the user's printed list. */
export function recoveryCodeFormStep(deps: RecoveryCodeFormDeps): Step {
  const { credentials } = deps
  return {
    id: 'auth-recovery-authn-code-form',
    requiresUser: true,
    proves: true,
    credentialType: 'recovery-authn-codes',
    setupAction: 'CONFIGURE_RECOVERY_AUTHN_CODES',
    displayNameKey: 'recovery-authn-code-form-display-name',
    helpTextKey: 'recovery-authn-code-form-help-text',
    async configuredFor(_context, user) {
      return user !== null && (await credentials.recoveryCodes.nextNumber(user.id)) !== undefined
    },
    async authenticate({ user }) {
      return user === null ? { kind: 'attempted' } : ask(credentials, user)
    },
    async action(context) {
      return context.user === null ? { kind: 'attempted' } : check(deps, context, context.user)
    },
  }
}

async function check(
  { credentials, users }: RecoveryCodeFormDeps,
  context: StepContext,
  user: User,
): Promise<StepResult> {
  const wrong: LoginPageNotes = {
    fieldErrors: { recoveryCodeInput: { key: 'recovery-codes-error-invalid' } },
  }
  const code = context.form.get('recoveryCodeInput') ?? ''
  const { realm, ipAddress } = context
  const outcome = await credentials.verifyRecoveryCode(realm, user, code, ipAddress)
  if (outcome === 'right') {
    markUsed(context, 'recovery-authn-codes')
    if ((await credentials.recoveryCodes.nextNumber(user.id)) === undefined) {
      await wantNewList(users, context, user)
    }
    return { kind: 'success' }
  }
  const notes = outcome === 'locked' ? lockedNotes : wrong
  return ask(credentials, user, guessError(outcome), notes)
}

/** Whoever has used the last code gets a new list in the same login. */
async function wantNewList(
  users: RecoveryCodeFormDeps['users'],
  { realm, requireAction }: StepContext,
  { id }: User,
): Promise<void> {
  await users.change(realm, id, (present) => ({
    ...present,
    requiredActions: [...new Set([...present.requiredActions, newList])],
  }))
  // The login goes on with the user as it was read before.
  requireAction(newList)
}

async function ask(
  credentials: Credentials,
  user: User,
  error?: string,
  notes: LoginPageNotes = {},
): Promise<StepResult> {
  const codeNumber = (await credentials.recoveryCodes.nextNumber(user.id)) ?? 1
  const page = { page: 'recovery-code', codeNumber, ...notes } as const
  const details = { credential_type: 'recovery-authn-codes' }
  return error === undefined
    ? { kind: 'challenge', page }
    : { kind: 'failure', error, page, details }
}
