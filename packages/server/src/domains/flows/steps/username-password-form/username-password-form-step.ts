import type { Credentials } from '../../../credentials/credentials.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { LoginPage, LoginPageNotes } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'
import { checkPassword } from '../password-check.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly login: {
      readonly username: string
      /** Only the password is asked for. */
      readonly userKnown: boolean
    }
  }
}

export interface UsernamePasswordFormDeps {
  readonly users: Pick<Users, 'byLogin'>
  readonly credentials: Credentials
}

/** User name and password in one form; the password alone where an earlier step has asked for the name. */
export function usernamePasswordFormStep(deps: UsernamePasswordFormDeps): Step {
  return {
    id: 'auth-username-password-form',
    requiresUser: false,
    proves: true,
    displayNameKey: 'auth-username-password-form-display-name',
    helpTextKey: 'auth-username-password-form-help-text',
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      const hint = context.request.loginHint ?? context.rememberedUsername ?? ''
      return { kind: 'challenge', page: page(context, hint) }
    },
    action: (context) => checkForm(deps, context),
  }
}

async function checkForm(
  { users, credentials }: UsernamePasswordFormDeps,
  context: StepContext,
): Promise<StepResult> {
  const { realm, form, state } = context
  const known = context.user !== null || state.attemptedUsername !== null
  const typed = form.get('username')?.trim() ?? ''
  const name = known ? (state.attemptedUsername ?? '') : typed
  if (!known && name === '') return wrong(context, 'user_not_found', name)
  const user = context.user ?? (await users.byLogin(realm, name))
  const outcome = await checkPassword(credentials, context, user, form.get('password') ?? '')
  if (outcome === 'user_disabled') {
    return { kind: 'abort', error: outcome, message: { key: 'accountDisabledMessage' } }
  }
  if (outcome !== 'valid' || user === null) return wrong(context, outcome, name)
  return accepted(context, user, name)
}

function accepted(context: StepContext, user: User, name: string): StepResult {
  const remember = context.realm.settings.rememberMe && context.form.get('rememberMe') === 'on'
  if (context.form.has('username') || remember) {
    context.setNote(loginNotes.rememberMe, remember ? 'true' : null)
  }
  context.state.attemptedUsername = name === '' ? user.username : name
  context.setUser(user)
  return { kind: 'success' }
}

function wrong(context: StepContext, error: string, name: string): StepResult {
  const known = context.user !== null || context.state.attemptedUsername !== null
  const fieldErrors = { [known ? 'password' : 'username']: { key: 'invalidUserMessage' } }
  return { kind: 'failure', error, page: page(context, name, { fieldErrors }) }
}

function page(context: StepContext, username: string, notes: LoginPageNotes = {}): LoginPage {
  const userKnown = context.user !== null || context.state.attemptedUsername !== null
  return { page: 'login', username, userKnown, ...notes }
}
