import type { Client } from '../domains/clients/client.ts'
import type { Realm } from '../domains/realms/realm.ts'
import { html } from './html.ts'
import { type LoginResources, resourcesPath } from './login-resources.ts'
import { localeLabel } from './messages/locale-label.ts'
import { type Catalogue, Messages, ownTexts } from './messages/messages.ts'
import type { ThemeTexts } from './messages/theme-texts.ts'
import type { LocaleChoice, PageContext } from './page-context.ts'
import { RealmMarkup } from './realm-markup.ts'
import { plainLook } from './themes/page-look.ts'
import { pageLookOf } from './themes/page-look-of.ts'
import type { Theme } from './themes/theme.ts'
import { noThemes, type ThemesOfKind } from './themes/themes.ts'

export interface PagesDeps {
  readonly resources: Pick<LoginResources, 'path'>
  /** Texts in the languages that pages are translated to. */
  readonly texts: ThemeTexts
  /** Of login pages. */
  readonly themes?: Pick<ThemesOfKind, 'byName' | 'of'>
}

export interface PageRequest {
  /** `null` when the page belongs to no realm (an unknown one, the welcome page). */
  readonly realm: Realm | null
  /** The application that the page is shown for: its theme counts before the realm's. */
  readonly client?: Client | null | undefined
  /** Name of a theme that counts before both. */
  readonly theme?: string | undefined
  /** Where the browser sees the server, for this realm: what the page links to is below its path. */
  readonly serverUrl: string
  /** From `chooseLocale`; default English. */
  readonly locale?: string | undefined
  /** Address of the same page in another language (`kc_locale=…`); without it no selector is shown. */
  readonly localeUrl?: ((locale: string) => string) | undefined
  /** Where a page of a login goes on once another tab of the browser has signed in. */
  readonly signedInElsewhereUrl?: string | undefined
  /** Last part of the title where the realm's display name does not fit. */
  readonly inRealm?: boolean | undefined
}

/** Languages that a page offers. */
const localesMax = 100
/** Longest name of a realm, in characters, that a page shows. */
const nameLengthMax = 1_000

export const productName = 'Holdfast'

/** Makes the context in which pages are rendered. */
export class Pages {
  readonly #resources: PagesDeps['resources']
  readonly #catalogue: Catalogue
  readonly #themes: Pick<ThemesOfKind, 'byName' | 'of'>
  readonly #markup = new RealmMarkup()

  constructor(deps: PagesDeps) {
    this.#resources = deps.resources
    this.#themes = deps.themes ?? noThemes
    this.#catalogue = (tag) => [deps.texts.of('login', tag), ...ownTexts(tag)]
  }

  context(request: PageRequest): PageContext {
    const { realm } = request
    const settings = realm?.settings
    const locale = request.locale ?? 'en'
    const theme = this.#themeOf(request)
    const catalogue: Catalogue = (tag) => [...(theme?.texts(tag) ?? []), ...this.#catalogue(tag)]
    const messages = new Messages(locale, settings?.localizationTexts, catalogue)
    const publicPath = new URL(request.serverUrl).pathname
    const name = (settings?.displayName || realm?.name || productName).slice(0, nameLengthMax)
    const heading = settings?.displayNameHtml
    return {
      locale,
      locales: this.#locales(request, locale),
      realmTitle: name,
      realmHeading: heading ? this.#markup.of(realm, heading) : html`${name}`,
      resourcesPath: this.#resources.path(publicPath),
      signedInElsewhereUrl: request.signedInElsewhereUrl,
      inRealm: realm !== null,
      look: (pageId) =>
        theme === undefined
          ? plainLook
          : pageLookOf(theme, pageId.replace(/^login-/, ''), themePath(publicPath, theme), (key) =>
              messages.text(key),
            ),
      text: (key, ...params) => messages.text(key, ...params),
      display: (text) => messages.display(text),
      markup: (text) => this.#markup.of(realm, text),
    }
  }

  #themeOf({ realm, client, theme }: PageRequest): Theme | undefined {
    return theme === undefined ? this.#themes.of(realm, client) : this.#themes.byName(theme)
  }

  #locales({ realm, localeUrl }: PageRequest, locale: string): LocaleChoice[] {
    if (localeUrl === undefined || realm?.settings.internationalizationEnabled !== true) return []
    const supported = realm.settings.supportedLocales ?? []
    if (supported.length < 2) return []
    return supported
      .slice(0, localesMax)
      .map((tag) => ({ tag, name: localeLabel(tag, locale), url: localeUrl(tag) }))
      .sort((a, b) => a.name.localeCompare(b.name))
  }
}

function themePath(publicPath: string, { name, version }: Theme): string {
  return resourcesPath(publicPath, version, name)
}
