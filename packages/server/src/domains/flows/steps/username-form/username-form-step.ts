import type { Credentials } from '../../../credentials/credentials.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly username: { readonly username: string }
  }
}

export interface UsernameFormDeps {
  readonly users: Pick<Users, 'byLogin'>
  readonly credentials: Credentials
}

/** Asks for the name alone; what proves it comes in later steps. */
export function usernameFormStep(deps: UsernameFormDeps): Step {
  return {
    id: 'auth-username-form',
    requiresUser: false,
    proves: false,
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      if (context.user !== null) {
        context.state.attemptedUsername ??= context.user.username
        return { kind: 'success' }
      }
      const hint = context.request.loginHint ?? context.rememberedUsername ?? ''
      return { kind: 'challenge', page: { page: 'username', username: hint } }
    },
    action: (context) => checkForm(deps, context),
  }
}

async function checkForm(deps: UsernameFormDeps, context: StepContext): Promise<StepResult> {
  const { realm, form } = context
  const name = form.get('username')?.trim() ?? ''
  const user = name === '' ? null : await deps.users.byLogin(realm, name)
  if (user === null || user.serviceAccountClientUuid !== null) {
    return wrong(context, 'user_not_found', name)
  }
  if (await deps.credentials.failures.isLocked(realm, user)) {
    return wrong(context, 'user_temporarily_disabled', name)
  }
  const remember = realm.settings.rememberMe && form.get('rememberMe') === 'on'
  context.setNote(loginNotes.rememberMe, remember ? 'true' : null)
  context.state.attemptedUsername = name
  context.setUser(user)
  return { kind: 'success' }
}

function wrong(context: StepContext, error: string, username: string): StepResult {
  const key = context.realm.settings.loginWithEmailAllowed
    ? 'invalidUsernameOrEmailMessage'
    : 'invalidUsernameMessage'
  return {
    kind: 'failure',
    error,
    page: { page: 'username', username, fieldErrors: { username: { key } } },
  }
}
