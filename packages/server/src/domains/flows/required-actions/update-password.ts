import type { Credentials } from '../../credentials/credentials.ts'
import { passwordPolicyOf } from '../../credentials/password/password-policy.ts'
import { PasswordRejected } from '../../credentials/password/password-rejected.ts'
import type { Users } from '../../users/users.ts'
import type { LoginPageNotes, PageNote } from '../engine/login-page.ts'
import type { ActionContext, ActionResult, RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'update-password': { readonly logoutSessions: boolean }
  }
}

const action = 'UPDATE_PASSWORD'

/** A new password: temporary ones, expired ones, and whenever a user or client asks for it. */
export function updatePassword(deps: {
  readonly credentials: Credentials
  readonly users: Pick<Users, 'fresh'>
}): RequiredActionStep {
  const { credentials, users } = deps
  return {
    id: action,
    initiable: true,
    warningKey: 'updatePasswordMessage',
    async isTriggered({ realm, user }) {
      if (passwordPolicyOf(realm).forceExpiredPasswordChangeDays === undefined) return false
      const all = await credentials.list(user.id)
      const password = all.find(({ type }) => type === 'password')
      return password !== undefined && credentials.passwords.isExpired(realm, password)
    },
    async challenge() {
      return asked(false, {})
    },
    async process(context) {
      const problem = await changed(credentials, context)
      if (problem !== null) return problem
      const { realm, user, form } = context
      if (form.get('logout-sessions') === 'on') await context.endOtherSessions()
      context.record(action, { credential_type: 'password' })
      context.record('UPDATE_CREDENTIAL')
      const present = await users.fresh(realm.id, user.id)
      if (present === null) {
        return { kind: 'abort', error: 'user_not_found', message: { key: 'invalidUserMessage' } }
      }
      return { kind: 'done', user: present }
    },
  }
}

async function changed(
  credentials: Credentials,
  context: ActionContext,
): Promise<ActionResult | null> {
  const { realm, user, form } = context
  const password = form.get('password-new') ?? ''
  const wrong = (field: string, error: string, message: PageNote) => {
    const details = {
      credential_type: 'password',
      ...(error === 'password_rejected' ? { reason: message.key } : {}),
    }
    context.record('UPDATE_PASSWORD_ERROR', details, error)
    context.record('UPDATE_CREDENTIAL_ERROR', {}, error)
    const fieldErrors = { [field]: message }
    return asked(form.get('logout-sessions') === 'on', { fieldErrors })
  }
  if (password === '') {
    return wrong('password-new', 'password_missing', { key: 'missingPasswordMessage' })
  }
  if (password !== (form.get('password-confirm') ?? '')) {
    const message = { key: 'notMatchPasswordMessage' }
    return wrong('password-confirm', 'password_confirm_error', message)
  }
  try {
    await credentials.setPassword(realm, user, password, { temporary: false })
    return null
  } catch (error) {
    if (!(error instanceof PasswordRejected)) throw error
    return wrong('password-new', 'password_rejected', error.violation)
  }
}

function asked(logoutSessions: boolean, notes: LoginPageNotes): ActionResult {
  return { kind: 'challenge', page: { page: 'update-password', logoutSessions, ...notes } }
}
