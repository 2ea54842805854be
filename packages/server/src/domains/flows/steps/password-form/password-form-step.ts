import type { Credentials } from '../../../credentials/credentials.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { checkPassword } from '../password-check.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly password: object
  }
}

/** Asks for the password of a user whose name is known. */
export function passwordFormStep(deps: { readonly credentials: Credentials }): Step {
  const { credentials } = deps
  return {
    id: 'auth-password-form',
    requiresUser: true,
    proves: true,
    credentialType: 'password',
    displayNameKey: 'password-display-name',
    helpTextKey: 'password-help-text',
    async configuredFor({ credentialTypes }, user) {
      return user !== null && (await credentialTypes.of(user)).includes('password')
    },
    async authenticate() {
      return { kind: 'challenge', page: { page: 'password' } }
    },
    async action(context): Promise<StepResult> {
      return check(credentials, context)
    },
  }
}

async function check(credentials: Credentials, context: StepContext): Promise<StepResult> {
  const password = context.form.get('password') ?? ''
  const outcome = await checkPassword(credentials, context, context.user, password)
  if (outcome === 'valid') return { kind: 'success' }
  if (outcome === 'user_disabled') {
    return { kind: 'abort', error: outcome, message: { key: 'accountDisabledMessage' } }
  }
  const fieldErrors = { password: { key: 'invalidPasswordMessage' } }
  return { kind: 'failure', error: outcome, page: { page: 'password', fieldErrors } }
}
