import type { Users } from '../../users/users.ts'
import { loginNotes } from '../login-state/login-state.ts'
import type { RequiredActionStep } from './required-action.ts'

/** Keeps the language that somebody has chosen on a page of this login; asks nothing. */
export function updateUserLocale(deps: {
  readonly users: Pick<Users, 'change'>
}): RequiredActionStep {
  return {
    id: 'update_user_locale',
    initiable: false,
    async settle({ realm, user, state }) {
      const locale = state.notes[loginNotes.locale]
      const { internationalizationEnabled, supportedLocales = [] } = realm.settings
      if (!internationalizationEnabled || locale === undefined) return null
      if (!supportedLocales.includes(locale)) return null
      if (user.attributes['locale']?.[0] === locale) return null
      const changed = await deps.users.change(realm, user.id, (present) => ({
        ...present,
        attributes: { ...present.attributes, locale: [locale] },
      }))
      const event = { type: 'UPDATE_PROFILE', details: { updated_locale: locale } }
      return { user: changed, event }
    },
    async challenge({ user }) {
      return { kind: 'done', user }
    },
    async process({ user }) {
      return { kind: 'done', user }
    },
  }
}
