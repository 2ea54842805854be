import { organizationNote } from '../../../organizations/organization.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import { loginNotes } from '../../login-state/login-state.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'select-organization': {
      readonly organizations: readonly { readonly alias: string; readonly name: string }[]
    }
  }
}

/**
 * Identity-first: asks for the name so that the organization of the user can be told. Never proves anything: the steps
 * behind it do. Members of several organizations choose one where the client asks for the scope `organization`.
 */
export function organizationStep(deps: {
  readonly users: Pick<Users, 'byLogin' | 'memberships'>
}): Step {
  return {
    id: 'organization',
    requiresUser: false,
    onlyWay: true,
    proves: false,
    async configuredFor({ realm }) {
      return realm.settings.organizationsEnabled === true
    },
    async authenticate(context) {
      const { realm, request, user } = context
      if (realm.settings.organizationsEnabled !== true) return { kind: 'attempted' }
      if (user !== null) return chosenOrganization(deps, context, user)
      const hint = request.loginHint ?? ''
      if (hint !== '') return named(deps, context, hint)
      return {
        kind: 'challenge',
        page: { page: 'username', username: context.rememberedUsername ?? '' },
      }
    },
    async action(context) {
      const { form, user } = context
      const alias = form.get(organizationNote)
      if (user !== null && alias !== null) {
        context.setNote(organizationNote, alias)
        return { kind: 'attempted' }
      }
      const name = form.get('username')?.trim() ?? ''
      if (name === '') {
        const fieldErrors = { username: { key: 'invalidUsernameMessage' } }
        return {
          kind: 'failure',
          error: 'user_not_found',
          page: { page: 'username', username: '', fieldErrors },
        }
      }
      const remember = context.realm.settings.rememberMe && form.get('rememberMe') === 'on'
      context.setNote(loginNotes.rememberMe, remember ? 'true' : null)
      return named(deps, context, name)
    },
  }
}

/** An unknown name goes on to the password like a known one, so that the page does not tell who has an account. */
async function named(
  deps: { readonly users: Pick<Users, 'byLogin' | 'memberships'> },
  context: StepContext,
  name: string,
): Promise<StepResult> {
  const user = await deps.users.byLogin(context.realm, name)
  const known = user === null || user.serviceAccountClientUuid !== null ? null : user
  context.state.attemptedUsername = name
  context.setUser(known)
  return known === null ? { kind: 'attempted' } : chosenOrganization(deps, context, known)
}

async function chosenOrganization(
  { users }: { readonly users: Pick<Users, 'memberships'> },
  context: StepContext,
  user: User,
): Promise<StepResult> {
  const asked = context.request.scope.split(' ').includes('organization')
  if (!asked || context.state.notes[organizationNote] !== undefined) return { kind: 'attempted' }
  const memberships = await users.memberships(user)
  const organizations = memberships.organizations.filter(({ enabled }) => enabled)
  if (organizations.length < 2) return { kind: 'attempted' }
  return {
    kind: 'challenge',
    page: {
      page: 'select-organization',
      organizations: organizations.map(({ alias, name }) => ({ alias, name })),
    },
  }
}
