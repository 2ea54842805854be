/** What may say in which language a person wants to read, strongest first. */
export interface LocaleWishes {
  /** Query parameter `kc_locale`: chosen on the page, now or earlier in this login. */
  readonly kcLocale?: string | undefined
  /** Attribute `locale` of the user, once known. */
  readonly userLocale?: string | undefined
  /** OpenID Connect `ui_locales`: tags separated by blanks, best first. */
  readonly uiLocales?: string | undefined
  /** Cookie KEYCLOAK_LOCALE. */
  readonly cookieLocale?: string | undefined
  /** Header Accept-Language. */
  readonly acceptLanguage?: string | undefined
}

/** The realm's settings that decide. */
export interface LocaleSettings {
  readonly internationalizationEnabled: boolean
  readonly supportedLocales?: readonly string[] | undefined
  readonly defaultLocale?: string | undefined
}

const fallback = 'en'
const acceptedTagsMax = 20

/**
 * Keycloak's order: chosen on the page, the user's profile, the client's `ui_locales`, the cookie, the browser's
 * languages, the realm's default, English.
 *
 * @returns one of the realm's supported locales; `en` when the realm has no internationalization
 */
export function chooseLocale(settings: LocaleSettings, wishes: LocaleWishes): string {
  if (!settings.internationalizationEnabled) return fallback
  const supported = settings.supportedLocales ?? []
  const candidates = [
    ...tags(wishes.kcLocale),
    ...tags(wishes.userLocale),
    ...tags(wishes.uiLocales),
    ...tags(wishes.cookieLocale),
    ...acceptedTags(wishes.acceptLanguage),
    ...tags(settings.defaultLocale),
  ]
  for (const candidate of candidates) {
    const found = supportedLocale(supported, candidate)
    if (found !== undefined) return found
  }
  return settings.defaultLocale ?? fallback
}

function tags(value: string | undefined): string[] {
  return (value ?? '').split(/\s+/).filter(Boolean).slice(0, acceptedTagsMax)
}

/** RFC 9110 §12.5.4: tags with weights, `*` and weight 0 are no wish. */
function acceptedTags(header: string | undefined): string[] {
  return (header ?? '')
    .split(',', acceptedTagsMax)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim())
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2)
      return { tag, weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ tag, weight }) => tag !== '' && tag !== '*' && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}

function supportedLocale(supported: readonly string[], wanted: string): string | undefined {
  const tag = wanted.replace('_', '-').toLowerCase()
  const language = tag.split('-')[0]
  return (
    supported.find((locale) => locale.toLowerCase() === tag) ??
    supported.find((locale) => locale.toLowerCase() === language) ??
    supported.find((locale) => locale.toLowerCase().split('-')[0] === tag)
  )
}
