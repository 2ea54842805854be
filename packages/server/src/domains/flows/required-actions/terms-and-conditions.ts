import type { Clock } from '../../../shared/clock.ts'
import type { Users } from '../../users/users.ts'
import type { RequiredActionStep } from './required-action.ts'

declare module '../engine/login-page.ts' {
  interface LoginPageModels {
    readonly terms: object
  }
}

const action = 'TERMS_AND_CONDITIONS'

/** Attribute with the second at which the user accepted, as Keycloak writes it. */
export const acceptedTermsAttribute = 'terms_and_conditions'

/** The realm's terms have to be accepted. */
export function termsAndConditions(deps: {
  readonly users: Pick<Users, 'change'>
  readonly clock: Clock
}): RequiredActionStep {
  return {
    id: action,
    initiable: false,
    async challenge() {
      return { kind: 'challenge', page: { page: 'terms' } }
    },
    async process({ realm, user, form, record }) {
      if (form.has('cancel')) {
        return { kind: 'rejected', description: 'termsAndConditionsDeclined' }
      }
      if (!form.has('accept')) return { kind: 'challenge', page: { page: 'terms' } }
      const acceptedAt = String(Math.floor(deps.clock.now() / 1000))
      const changed = await deps.users.change(realm, user.id, (present) => ({
        ...present,
        attributes: { ...present.attributes, [acceptedTermsAttribute]: [acceptedAt] },
        requiredActions: present.requiredActions.filter((alias) => alias !== action),
      }))
      record('CUSTOM_REQUIRED_ACTION', { custom_required_action: action })
      return { kind: 'done', user: changed }
    },
  }
}
