import { type Clock, epochSeconds } from '../../../../shared/clock.ts'
import { newUuid } from '../../../../shared/random.ts'
import type { Credentials } from '../../../credentials/credentials.ts'
import type { PatternMatches } from '../../../users/profile-validators.ts'
import type { User } from '../../../users/user.ts'
import type { Users } from '../../../users/users.ts'
import type { StepContext } from '../../engine/step.ts'
import { ProfileForm } from '../../required-actions/profile-form.ts'
import { acceptedTermsAttribute } from '../../required-actions/terms-and-conditions.ts'
import { type CaptchaDeps, captchaActions } from './captcha-actions.ts'
import type { FormAction, RegistrationDraft } from './form-action.ts'

export interface FormActionsDeps extends CaptchaDeps {
  readonly users: Pick<Users, 'byUsername' | 'byEmail' | 'change'>
  readonly credentials: Credentials
  readonly clock: Clock
  readonly matches: PatternMatches
}

/** The parts of the registration form, by Keycloak's provider id. */
export function formActionsOf(deps: FormActionsDeps): ReadonlyMap<string, FormAction> {
  const all = [userCreation(deps), passwordAction(deps), ...captchaActions(deps), termsAction(deps)]
  return new Map(all.map((one) => [one.id, one]))
}

/** @returns the profile's form for somebody who has no account yet */
export function newProfileForm(
  { realm, client, state }: StepContext,
  matches: PatternMatches,
): ProfileForm {
  return new ProfileForm({ realm, client, state, user: null }, matches)
}

function userCreation({ users, matches }: FormActionsDeps): FormAction {
  return {
    id: 'registration-user-creation',
    async check(context, draft) {
      const { realm, form } = context
      const profile = newProfileForm(context, matches)
      const {
        username = [],
        email = [],
        firstName,
        lastName,
        ...attributes
      } = profile.submitted(form)
      const address = email[0]
      const name = realm.settings.registrationEmailAsUsername ? address : username[0]
      draft.given = {
        ...draft.given,
        username: name,
        email: address,
        firstName: firstName?.[0],
        lastName: lastName?.[0],
        attributes,
        enabled: true,
        emailVerified: false,
      }
      Object.assign(draft.errors, await profile.fieldErrors(profile.submitted(form)))
      await findOthers(users, context, draft)
    },
  }
}

/** Says which names are taken, as Keycloak does: who registers has to choose another. */
async function findOthers(
  users: FormActionsDeps['users'],
  { realm }: StepContext,
  draft: RegistrationDraft,
): Promise<void> {
  const { given, errors } = draft
  const { duplicateEmailsAllowed, registrationEmailAsUsername } = realm.settings
  const { username, email } = given
  if (email && !errors['email'] && !duplicateEmailsAllowed) {
    if ((await users.byEmail(realm.id, email)) !== null) {
      errors['email'] = { key: 'emailExistsMessage' }
      draft.eventError = 'email_in_use'
    }
  }
  if (!username || errors['username']) return
  if ((await users.byUsername(realm.id, username)) === null) return
  const field = registrationEmailAsUsername ? 'email' : 'username'
  errors[field] ??= {
    key: registrationEmailAsUsername ? 'emailExistsMessage' : 'usernameExistsMessage',
  }
  draft.eventError = 'username_in_use'
}

function passwordAction({ credentials }: FormActionsDeps): FormAction {
  return {
    id: 'registration-password-action',
    shows: { passwordRequired: true },
    async check({ realm, form }, draft) {
      const value = form.get('password') ?? ''
      if (value === '') {
        draft.errors['password'] = { key: 'missingPasswordMessage' }
      } else {
        const violation = await credentials.passwords.violation(realm, nobody(draft), value)
        if (violation !== undefined) {
          draft.errors['password'] = { key: violation.key, params: violation.params }
        }
      }
      if (value !== (form.get('password-confirm') ?? '')) {
        draft.errors['password-confirm'] = { key: 'invalidPasswordConfirmMessage' }
      }
      draft.given = { ...draft.given, credentials: [{ type: 'password', value }] }
    },
  }
}

/** Somebody who has no id yet, as the rules about names and addresses in passwords see them. */
function nobody({ given }: RegistrationDraft): User {
  return {
    id: newUuid(),
    realmId: '',
    username: given.username ?? '',
    email: given.email ?? null,
    emailVerified: false,
    firstName: given.firstName ?? null,
    lastName: given.lastName ?? null,
    enabled: true,
    createdTimestamp: 0,
    serviceAccountClientUuid: null,
    notBefore: 0,
    attributes: {},
    requiredActions: [],
    ver: 0,
  }
}

function termsAction({ users, clock }: FormActionsDeps): FormAction {
  return {
    id: 'registration-terms-and-conditions',
    shows: { termsAcceptanceRequired: true },
    async check({ form }, { errors }) {
      if (form.get('termsAccepted') !== 'on') {
        errors['termsAccepted'] = { key: 'termsAcceptanceRequired' }
      }
    },
    async done({ realm }, user) {
      const acceptedAt = String(epochSeconds(clock))
      await users.change(realm, user.id, (present) => ({
        ...present,
        attributes: { ...present.attributes, [acceptedTermsAttribute]: [acceptedAt] },
        requiredActions: present.requiredActions.filter(
          (alias) => alias !== 'TERMS_AND_CONDITIONS',
        ),
      }))
    },
  }
}
