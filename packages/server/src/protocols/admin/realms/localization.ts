import { filledTexts } from '../../../domains/realms/filled-texts.ts'
import type { RealmSettings } from '../../../domains/realms/realm.ts'
import { requireBoundedTexts } from '../../../domains/realms/realm-limits.ts'
import { textMap } from '../../../domains/realms/scalars.ts'
import { HttpError } from '../../../http/http-error.ts'
import { ownMember } from '../../../shared/own-member.ts'
import type { AdminCall } from '../admin-call.ts'
import type { AdminDeps } from '../admin-deps.ts'
import { notFound, refused } from '../admin-error.ts'
import type { AdminRoutes } from '../admin-routes.ts'
import { anyAdministration, anyOf } from '../permission.ts'
import { plainText, stringMap, strings } from '../representations/answer.ts'

type Deps = Pick<AdminDeps, 'realms'>

type Texts = Record<string, Record<string, string>>

const manage = anyOf(['manage-realm'])
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is refused.
const localeShape = /^[^\u0000-\u001f\u007f]{1,255}$/

const textsShape = {
  name: 'Map',
  schema: textMap.transform((texts) => texts ?? {}),
}

/** `/localization`: texts of a realm that take the place of the server's own, by language. */
export function registerLocalization(routes: AdminRoutes<Deps>, deps: Deps): void {
  routes.add({
    method: 'GET',
    path: '/localization',
    may: anyAdministration,
    answer: strings,
    handle: async ({ realm }) => Object.keys(realm.settings.localizationTexts ?? {}).toSorted(),
  })
  routes.add({
    method: 'GET',
    path: '/localization/:locale',
    may: anyAdministration,
    query: { useRealmDefaultLocaleFallback: 'flag' },
    answer: stringMap,
    handle: async ({ realm, params, query }) => {
      const texts = realm.settings.localizationTexts ?? {}
      const fallback = query.flag('useRealmDefaultLocaleFallback') ?? false
      const { defaultLocale } = realm.settings
      const below = fallback && defaultLocale ? ownMember(texts, defaultLocale) : {}
      return { ...below, ...ownMember(texts, params['locale'] ?? '') }
    },
  })
  routes.add<Record<string, string | null> | undefined>({
    method: 'POST',
    path: '/localization/:locale',
    may: manage,
    body: textsShape,
    handle: async (call) => {
      const locale = localeOf(call)
      await change(deps, call, (texts) => ({
        ...texts,
        [locale]: { ...ownMember(texts, locale), ...filledTexts(call.body ?? {}) },
      }))
    },
  })
  routes.add({
    method: 'DELETE',
    path: '/localization/:locale',
    may: manage,
    handle: async (call) => {
      const locale = localeOf(call)
      if (!ownMember(call.realm.settings.localizationTexts, locale)) {
        throw notFound(`No localization texts for locale ${locale} found.`)
      }
      await change(deps, call, ({ [locale]: _, ...others }) => others)
    },
  })
  registerText(routes, deps)
}

function registerText(routes: AdminRoutes<Deps>, deps: Deps): void {
  const path = '/localization/:locale/:key'
  routes.add({
    method: 'GET',
    path,
    may: anyAdministration,
    answer: plainText,
    handle: async ({ realm, params, reply }) => {
      const texts = ownMember(realm.settings.localizationTexts, params['locale'] ?? '')
      const text = ownMember(texts, params['key'] ?? '')
      if (text === undefined) throw notFound('Localization text not found')
      return reply.type('text/plain;charset=UTF-8').send(text)
    },
  })
  routes.add({
    method: 'PUT',
    path,
    may: manage,
    handle: async (call) => {
      const { body } = call.request
      if (typeof body !== 'string') {
        throw new HttpError(415, {
          error: 'The content-type header value did not match the value in @Consumes',
        })
      }
      const locale = localeOf(call)
      await change(deps, call, (texts) => ({
        ...texts,
        [locale]: { ...ownMember(texts, locale), [call.params['key'] ?? '']: body },
      }))
    },
  })
  routes.add({
    method: 'DELETE',
    path,
    may: manage,
    handle: async (call) => {
      const locale = localeOf(call)
      const key = call.params['key'] ?? ''
      if (ownMember(ownMember(call.realm.settings.localizationTexts, locale), key) === undefined) {
        throw notFound('Localization text not found')
      }
      await change(deps, call, (texts) => {
        const { [key]: _, ...others } = ownMember(texts, locale) ?? {}
        return { ...texts, [locale]: others }
      })
    },
  })
}

function localeOf({ params }: AdminCall<unknown, Deps>): string {
  const locale = params['locale'] ?? ''
  if (!localeShape.test(locale)) throw refused(400, 'Locale is not valid')
  return locale
}

async function change(
  { realms }: Deps,
  { realm }: AdminCall<unknown, Deps>,
  work: (texts: Texts) => Texts,
): Promise<void> {
  await realms.changeSettings(realm.id, (settings: RealmSettings) => {
    const localizationTexts = work(settings.localizationTexts ?? {})
    requireBoundedTexts(localizationTexts)
    return { ...settings, localizationTexts }
  })
}
