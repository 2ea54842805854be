import type { Credentials } from '../../../credentials/credentials.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'
import { type PasskeyOffer, passkeyOffer, passkeyResult } from '../webauthn/passkey-offer.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly username: PasskeyOffer & { readonly username: string }
  }
}

export interface UsernameFormDeps {
  readonly users: Pick<Users, 'byId' | 'byLogin'>
  readonly credentials: Credentials
}

/** Asks for the name alone; what proves it comes in later steps. */
export function usernameFormStep(deps: UsernameFormDeps): Step {
  return {
    id: 'auth-username-form',
    requiresUser: false,
    proves: false,
    displayNameKey: 'auth-username-form-display-name',
    helpTextKey: 'auth-username-form-help-text',
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      if (context.user !== null) {
        context.state.attemptedUsername ??= context.user.username
        return { kind: 'success' }
      }
      const hint = context.request.loginHint ?? context.rememberedUsername ?? ''
      const offer = await passkeyOffer(deps, context)
      return { kind: 'challenge', page: { page: 'username', username: hint, ...offer } }
    },
    action: (context) => checkForm(deps, context),
  }
}

async function checkForm(deps: UsernameFormDeps, context: StepContext): Promise<StepResult> {
  const { realm, form } = context
  const byPasskey = await passkeyResult(deps, context, async (message) => ({
    page: 'username',
    username: '',
    message,
    ...(await passkeyOffer(deps, context)),
  }))
  if (byPasskey !== undefined) return byPasskey
  const name = form.get('username')?.trim() ?? ''
  const user = name === '' ? null : await deps.users.byLogin(realm, name)
  if (user === null || user.serviceAccountClientUuid !== null) {
    return wrong(deps, context, 'user_not_found', name)
  }
  if (await deps.credentials.failures.isLocked(realm, user)) {
    return wrong(deps, context, 'user_temporarily_disabled', name)
  }
  const remember = realm.settings.rememberMe && form.get('rememberMe') === 'on'
  context.setNote(loginNotes.rememberMe, remember ? 'true' : null)
  context.state.attemptedUsername = name
  context.setUser(user)
  return { kind: 'success' }
}

async function wrong(
  deps: UsernameFormDeps,
  context: StepContext,
  error: string,
  username: string,
): Promise<StepResult> {
  const key = context.realm.settings.loginWithEmailAllowed
    ? 'invalidUsernameOrEmailMessage'
    : 'invalidUsernameMessage'
  return {
    kind: 'failure',
    error,
    page: {
      page: 'username',
      username,
      fieldErrors: { username: { key } },
      ...(await passkeyOffer(deps, context)),
    },
  }
}
