/**
 * @param tag the language to name, BCP 47
 * @param locale the language to name it in
 * @returns `German (Deutsch)`; once only when both are the same; the tag itself when nobody knows it
 */
export function localeLabel(tag: string, locale: string): string {
  const here = languageName(tag, locale)
  const there = languageName(tag, tag)
  return here === there ? here : `${here} (${there})`
}

function languageName(tag: string, locale: string): string {
  try {
    const name = new Intl.DisplayNames([locale], { type: 'language' }).of(tag) ?? tag
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1)
  } catch {
    // Realms may list tags that are not BCP 47 (`zh_CN`).
    return tag
  }
}
