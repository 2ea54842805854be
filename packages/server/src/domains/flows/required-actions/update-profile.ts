import { ModelError } from '../../realms/model-error.ts'
import { profileDifference } from '../../users/profile-difference.ts'
import type { PatternMatches } from '../../users/profile-validators.ts'
import type { User } from '../../users/user.ts'
import type { Users } from '../../users/users.ts'
import { ProfileForm, withValues } from './profile-form.ts'
import type {
  ActionContext,
  ActionParties,
  ActionResult,
  ProfilePageField,
  RequiredActionStep,
} from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly 'update-profile': { readonly fields: readonly ProfilePageField[] }
  }
}

export interface UpdateProfileDeps {
  readonly users: Pick<Users, 'change'>
  readonly matches: PatternMatches
}

/** The profile has to be looked at again, because somebody asked for it. */
export function updateProfile(deps: UpdateProfileDeps): RequiredActionStep {
  return {
    id: 'UPDATE_PROFILE',
    initiable: true,
    warningKey: 'updateProfileMessage',
    async challenge(context) {
      return asked(new ProfileForm(context, deps.matches).fields())
    },
    process: (context) => changed(deps, context, 'UPDATE_PROFILE'),
  }
}

/** The profile has to be completed, because it lacks something that the realm requires by now. */
export function verifyProfile(deps: UpdateProfileDeps): RequiredActionStep {
  const complete = new CompleteProfiles(deps.matches)
  return {
    ...updateProfile(deps),
    id: 'VERIFY_PROFILE',
    initiable: false,
    async isTriggered(parties) {
      return !(await complete.includes(parties))
    },
    process: (context) => changed(deps, context, 'VERIFY_PROFILE'),
  }
}

/**
 * Remembers whose profile lacked nothing, so that it is not looked through at each login. User, realm and client are
 * snapshots: whatever changes in one of them makes another one.
 */
class CompleteProfiles {
  readonly #found = new WeakMap<User, Pick<ActionParties, 'realm' | 'client'> & { scope: string }>()

  readonly #matches: PatternMatches

  constructor(matches: PatternMatches) {
    this.#matches = matches
  }

  async includes(parties: ActionParties): Promise<boolean> {
    const { realm, client, user } = parties
    const { scope } = parties.state.request
    const found = this.#found.get(user)
    if (found?.realm === realm && found.client === client && found.scope === scope) return true
    const errors = await new ProfileForm(parties, this.#matches).presentErrors()
    if (errors.length > 0) return false
    this.#found.set(user, { realm, client, scope })
    return true
  }
}

async function changed(
  { users, matches }: UpdateProfileDeps,
  context: ActionContext,
  action: string,
): Promise<ActionResult> {
  const { realm, user, form } = context
  const profile = new ProfileForm(context, matches)
  const values = profile.submitted(form)
  const fieldErrors = await profile.fieldErrors(values)
  if (Object.keys(fieldErrors).length > 0) return asked(profile.fields(values), fieldErrors)
  const edited = withValues(user, values)
  try {
    const stored = await users.change(realm, user.id, (present) => ({
      ...present,
      ...changesOf(user, edited),
      requiredActions: present.requiredActions.filter((alias) => alias !== action),
    }))
    context.record('UPDATE_PROFILE', {
      context: 'UPDATE_PROFILE',
      ...profileDifference(user, stored),
    })
    return { kind: 'done', user: stored }
  } catch (error) {
    if (!(error instanceof ModelError) || error.reason !== 'duplicate') throw error
    const field = error.message.includes('email') ? 'email' : 'username'
    const key = field === 'email' ? 'emailExistsMessage' : 'usernameExistsMessage'
    return asked(profile.fields(values), { [field]: { key } })
  }
}

/** Only what the form changed: what an administrator writes meanwhile stays. */
function changesOf(before: User, after: User): Partial<User> {
  const names = [
    'username',
    'email',
    'emailVerified',
    'firstName',
    'lastName',
    'attributes',
  ] as const
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, after[name]]),
  )
}

function asked(
  fields: ReturnType<ProfileForm['fields']>,
  fieldErrors?: Record<string, { key: string }>,
): ActionResult {
  return {
    kind: 'challenge',
    page: {
      page: 'update-profile',
      fields,
      ...(fieldErrors === undefined ? {} : { fieldErrors }),
    },
  }
}
