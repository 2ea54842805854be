import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'reset-password': {
      readonly username: string
      readonly duplicateEmailsAllowed: boolean
    }
  }
}

export interface ChooseUserDeps {
  readonly users: Pick<Users, 'byId' | 'byLogin'>
}

/** Asks who has forgotten the password. What follows is the same for names that nobody has. */
export function chooseUserStep(deps: ChooseUserDeps): Step {
  return {
    id: 'reset-credentials-choose-user',
    requiresUser: false,
    proves: false,
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      const named = context.state.notes[loginNotes.actionTokenUser]
      if (named === undefined) return asked(context, context.request.loginHint ?? '')
      context.setUser(await deps.users.byId(context.realm.id, named))
      return { kind: 'success' }
    },
    async action(context) {
      const name = context.form.get('username')?.trim() ?? ''
      if (name === '') return asked(context, name, true)
      context.state.attemptedUsername = name
      const user = await deps.users.byLogin(context.realm, name)
      context.setUser(mayReset(context, user, name) ? user : null)
      return { kind: 'success' }
    },
  }
}

function mayReset(context: StepContext, user: User | null, name: string): boolean {
  const known = user !== null && user.serviceAccountClientUuid === null
  if (known && user.enabled) return true
  const error = known ? 'user_disabled' : 'user_not_found'
  context.record('RESET_PASSWORD_ERROR', { username: name }, error)
  return false
}

function asked({ realm }: StepContext, username: string, missing = false): StepResult {
  const { duplicateEmailsAllowed } = realm.settings
  const page = { page: 'reset-password', username, duplicateEmailsAllowed } as const
  if (!missing) return { kind: 'challenge', page }
  const fieldErrors = { username: { key: 'missingUsernameMessage' } }
  return { kind: 'failure', error: 'username_missing', page: { ...page, fieldErrors } }
}
