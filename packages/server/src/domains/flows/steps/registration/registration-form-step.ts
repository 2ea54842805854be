import type { Transaction } from '../../../../database/database.ts'
import { newUuid } from '../../../../shared/random.ts'
import { PasswordRejected } from '../../../credentials/password/password-rejected.ts'
import { ModelError } from '../../../realms/model-error.ts'
import type { InvitedMembers } from '../../../user-lifecycle/invited-members.ts'
import type { UserLifecycle } from '../../../user-lifecycle/user-lifecycle.ts'
import { ProfileRejected } from '../../../users/profile-validation.ts'
import type { User } from '../../../users/user.ts'
import { FlowFailure } from '../../engine/flow-failure.ts'
import type { LoginPage, PageNote } from '../../engine/login-page.ts'
import type { Step, StepContext, StepResult } from '../../engine/step.ts'
import type { ProfilePageField } from '../../required-actions/required-action.ts'
import type {
  FormAction,
  FormExecution,
  RegistrationDraft,
  RegistrationParts,
} from './form-action.ts'
import { type FormActionsDeps, formActionsOf, newProfileForm } from './form-actions.ts'
import { notedInvitation } from './invitation-note.ts'

declare module '../../engine/login-page.ts' {
  interface LoginPageModels {
    readonly register: RegistrationParts & {
      readonly fields: readonly ProfilePageField[]
      /** Name of the organization that has invited whoever registers. */
      readonly invitedTo?: string | undefined
    }
  }
}

export interface RegistrationFormDeps extends FormActionsDeps {
  readonly lifecycle: Pick<UserLifecycle, 'create'>
  readonly invitedMembers: Pick<InvitedMembers, 'joinIn'>
}

/** The form with which somebody makes an account; its parts are the executions of the form's flow. */
export function registrationFormStep(deps: RegistrationFormDeps): Step {
  const actions = formActionsOf(deps)
  return {
    id: 'registration-page-form',
    requiresUser: false,
    proves: true,
    async configuredFor() {
      return true
    },
    async authenticate(context) {
      return { kind: 'challenge', page: page(deps, actions, context, {}) }
    },
    action: (context) => register(deps, actions, context),
  }
}

async function register(
  deps: RegistrationFormDeps,
  actions: ReadonlyMap<string, FormAction>,
  context: StepContext,
): Promise<StepResult> {
  const parts = partsOf(actions, context)
  const draft: RegistrationDraft = { given: {}, errors: {}, eventError: undefined }
  for (const { action, execution } of parts) await action.check(context, draft, execution)
  const invitation = notedInvitation(context.state)
  if (invitation !== null && draft.given.email?.toLowerCase() !== invitation.email) {
    draft.errors['email'] ??= { key: 'Email does not match the invitation' }
    draft.eventError = 'invalid_token'
  }
  if (Object.keys(draft.errors).length > 0) return refused(deps, actions, context, draft)
  const user = await created(deps, context, draft)
  if (user === null) return refused(deps, actions, context, draft)
  for (const { action } of parts) await action.done?.(context, user)
  context.state.attemptedUsername = user.username
  context.state.proved = true
  context.setUser(user)
  const details = detailsOf(draft)
  if (invitation !== null) {
    const { invitationId: token_id, organizationId: org_id } = invitation
    context.record('INVITE_ORG', { ...details, token_id, org_id, action: 'ORGIVT' })
  }
  context.record('REGISTER', details)
  return { kind: 'success' }
}

/** @returns null when somebody else was faster, or a rule that the parts do not know refuses it: then `draft` says so */
async function created(
  { lifecycle, invitedMembers }: RegistrationFormDeps,
  { realm, client, state, ipAddress }: StepContext,
  draft: RegistrationDraft,
): Promise<User | null> {
  const scopes = [
    ...(client.representation.defaultClientScopes ?? []),
    ...state.request.scope.split(' '),
  ]
  try {
    const write = { role: 'user', scopes, from: ipAddress } as const
    const invitation = notedInvitation(state)
    if (invitation === null) return await lifecycle.create(realm, draft.given, write)
    const { invitationId, organizationId } = invitation
    const id = newUuid()
    const organization = { id: organizationId, realmId: realm.id }
    const trace = (tx: Transaction) =>
      invitedMembers.joinIn(tx, organization, invitationId, id, 'MANAGED')
    return await lifecycle.create(realm, { ...draft.given, id }, { ...write, trace })
  } catch (error) {
    if (error instanceof ProfileRejected) {
      for (const { field, errorMessage, params } of error.errors) {
        draft.errors[field] ??= { key: errorMessage, params: params.map(String) }
      }
    } else if (error instanceof PasswordRejected) {
      const { key, params } = error.violation
      draft.errors['password'] = { key, params }
    } else if (error instanceof ModelError && error.reason === 'missing') {
      // Somebody else has used the invitation, or it was taken back.
      throw new FlowFailure('invalid_token', {
        message: { key: 'staleInviteOrgLink' },
        closed: true,
      })
    } else if (error instanceof ModelError && error.reason === 'duplicate') {
      const field = error.message.includes('email') ? 'email' : 'username'
      draft.errors[field] = { key: `${field}ExistsMessage` }
      draft.eventError = `${field}_in_use`
    } else {
      throw error
    }
    return null
  }
}

function refused(
  deps: RegistrationFormDeps,
  actions: ReadonlyMap<string, FormAction>,
  context: StepContext,
  draft: RegistrationDraft,
): StepResult {
  return {
    kind: 'failure',
    error: draft.eventError ?? 'invalid_registration',
    details: detailsOf(draft),
    page: page(deps, actions, context, draft.errors),
  }
}

function page(
  { matches }: RegistrationFormDeps,
  actions: ReadonlyMap<string, FormAction>,
  context: StepContext,
  fieldErrors: Record<string, PageNote>,
): LoginPage {
  const shown: RegistrationParts = { passwordRequired: false, termsAcceptanceRequired: false }
  for (const { action, execution } of partsOf(actions, context)) {
    Object.assign(shown, action.shows, action.showsBy?.(execution))
  }
  const profile = newProfileForm(context, matches)
  const typed = context.form.size > 0
  const fields = typed ? profile.fields(profile.submitted(context.form)) : hinted(profile, context)
  const { captcha } = fieldErrors
  const message = captcha && ({ kind: 'error', ...captcha } as const)
  const invitedTo = notedInvitation(context.state)?.organizationName
  const shownPage = { page: 'register', ...shown, invitedTo, fields, fieldErrors } as const
  return { ...shownPage, ...(message ? { message } : {}) }
}

/** A client may know already by which name somebody wants to sign in. */
function hinted(
  profile: ReturnType<typeof newProfileForm>,
  { request, realm, state }: StepContext,
): ProfilePageField[] {
  const invited = notedInvitation(state)?.email
  const hint = invited ?? request.loginHint
  const byAddress = invited !== undefined || realm.settings.registrationEmailAsUsername
  const field = byAddress ? 'email' : 'username'
  return profile
    .fields()
    .map((one) => (one.name === field && hint !== null ? { ...one, values: [hint] } : one))
}

function partsOf(
  actions: ReadonlyMap<string, FormAction>,
  { execution }: StepContext,
): { action: FormAction; execution: FormExecution }[] {
  return execution.form.map((part) => {
    const action = actions.get(part.authenticator)
    if (action === undefined) throw FlowFailure.unavailable(part.authenticator)
    return { action, execution: part }
  })
}

function detailsOf({ given }: RegistrationDraft): Record<string, string> {
  const { username, email, firstName, lastName } = given
  return {
    register_method: 'form',
    ...(username === undefined ? {} : { username }),
    ...(email === undefined ? {} : { email }),
    ...(firstName === undefined ? {} : { first_name: firstName }),
    ...(lastName === undefined ? {} : { last_name: lastName }),
  }
}
