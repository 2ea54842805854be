/** Chinese is translated by script, and realms name it by country. */
const countryOf: Readonly<Record<string, string>> = { 'zh-Hans': 'zh-CN', 'zh-Hant': 'zh-TW' }

/** @returns the tag by which the translations know a language: `zh-Hant` for `zh-TW`, most others as they are */
export function catalogueTag(tag: string): string {
  if (!/^zh\b/i.test(tag)) return tag
  try {
    return `zh-${new Intl.Locale(tag).maximize().script}`
  } catch {
    // A realm's tag that is none.
    return tag
  }
}

/** @returns the tag by which realms know a language of the translations: `zh-TW` for `zh-Hant` */
export function localeTag(tag: string): string {
  return countryOf[tag] ?? tag
}
