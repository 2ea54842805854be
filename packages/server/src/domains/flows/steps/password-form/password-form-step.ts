import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { checkPassword } from '../password-check.ts'
import type { AssertionDeps } from '../webauthn/check-assertion.ts'
import {
  offersPasskeys,
  type PasskeyOffer,
  passkeyOffer,
  passkeyResult,
  signedInByPasskey,
} from '../webauthn/passkey-offer.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly password: PasskeyOffer
  }
}

/** Asks for the password of a user whose name is known. */
export function passwordFormStep(deps: AssertionDeps): Step {
  return {
    id: 'auth-password-form',
    requiresUser: true,
    proves: true,
    credentialType: 'password',
    displayNameKey: 'password-display-name',
    helpTextKey: 'password-help-text',
    async configuredFor(context, user) {
      if (user === null) return false
      const types = await context.credentialTypes.of(user)
      if (types.includes('password') || signedInByPasskey(context)) return true
      return types.includes('webauthn-passwordless') && offersPasskeys(context)
    },
    async authenticate(context) {
      if (signedInByPasskey(context)) return { kind: 'success' }
      return {
        kind: 'challenge',
        page: { page: 'password', ...(await passkeyOffer(deps, context)) },
      }
    },
    action: (context) => check(deps, context),
  }
}

async function check(deps: AssertionDeps, context: StepContext): Promise<StepResult> {
  const byPasskey = await passkeyResult(deps, context, async (message) => ({
    page: 'password',
    message,
    ...(await passkeyOffer(deps, context)),
  }))
  if (byPasskey !== undefined) return byPasskey
  const password = context.form.get('password') ?? ''
  const outcome = await checkPassword(deps.credentials, context, context.user, password)
  if (outcome === 'valid') return { kind: 'success' }
  if (outcome === 'user_disabled') {
    return { kind: 'abort', error: outcome, message: { key: 'accountDisabledMessage' } }
  }
  const fieldErrors = { password: { key: 'invalidPasswordMessage' } }
  const offer = await passkeyOffer(deps, context)
  return { kind: 'failure', error: outcome, page: { page: 'password', fieldErrors, ...offer } }
}
