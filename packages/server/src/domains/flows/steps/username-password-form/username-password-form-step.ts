import type { Credentials } from '../../../credentials/credentials.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { LoginPage, LoginPageNotes } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'
import { checkPassword } from '../password-check.ts'
import {
  type PasskeyOffer,
  passkeyOffer,
  passkeyResult,
  signedInByPasskey,
} from '../webauthn/passkey-offer.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly login: PasskeyOffer & {
      readonly username: string
      /** Only the password is asked for. */
      readonly userKnown: boolean
    }
  }
}

export interface UsernamePasswordFormDeps {
  readonly users: Pick<Users, 'byId' | 'byLogin'>
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
      if (context.user !== null && signedInByPasskey(context)) return { kind: 'success' }
      const hint = context.request.loginHint ?? context.rememberedUsername ?? ''
      return { kind: 'challenge', page: await page(deps, context, hint) }
    },
    action: (context) => checkForm(deps, context),
  }
}

async function checkForm(
  deps: UsernamePasswordFormDeps,
  context: StepContext,
): Promise<StepResult> {
  const { users, credentials } = deps
  const byPasskey = await passkeyResult(deps, context, (message) =>
    page(deps, context, context.state.attemptedUsername ?? '', { message }),
  )
  if (byPasskey !== undefined) return byPasskey
  const { realm, form, state } = context
  const known = context.user !== null || state.attemptedUsername !== null
  const typed = form.get('username')?.trim() ?? ''
  const name = known ? (state.attemptedUsername ?? '') : typed
  if (!known && name === '') return wrong(deps, context, 'user_not_found', name)
  const user = context.user ?? (await users.byLogin(realm, name))
  const outcome = await checkPassword(credentials, context, user, form.get('password') ?? '')
  if (outcome === 'user_disabled') {
    return { kind: 'abort', error: outcome, message: { key: 'accountDisabledMessage' } }
  }
  if (outcome !== 'valid' || user === null) {
    return { ...(await wrong(deps, context, outcome, name)), userId: user?.id }
  }
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

async function wrong(
  deps: UsernamePasswordFormDeps,
  context: StepContext,
  error: string,
  name: string,
): Promise<Extract<StepResult, { kind: 'failure' }>> {
  const known = context.user !== null || context.state.attemptedUsername !== null
  const fieldErrors = { [known ? 'password' : 'username']: { key: 'invalidUserMessage' } }
  const details: Record<string, string> = name === '' ? {} : { username: name }
  return { kind: 'failure', error, details, page: await page(deps, context, name, { fieldErrors }) }
}

async function page(
  deps: UsernamePasswordFormDeps,
  context: StepContext,
  username: string,
  notes: LoginPageNotes = {},
): Promise<LoginPage> {
  const userKnown = context.user !== null || context.state.attemptedUsername !== null
  return { page: 'login', username, userKnown, ...notes, ...(await passkeyOffer(deps, context)) }
}
