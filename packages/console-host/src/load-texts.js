import i18next from 'i18next'
import FetchBackend from 'i18next-fetch-backend'
import { initReactI18next } from 'react-i18next'

/**
 * Gets a console's texts ready in the user's language, English where a text is missing.
 * @param namespace the realm whose texts are the default
 * @param url where texts are, with `{{ns}}` and `{{lng}}`
 */
export async function loadTexts({ namespace, url, locale }) {
  await i18next
    .use(FetchBackend)
    .use(initReactI18next)
    .init({
      ...(locale ? { lng: locale } : {}),
      fallbackLng: 'en',
      keySeparator: '.',
      nsSeparator: false,
      interpolation: { escapeValue: false },
      defaultNS: [namespace],
      ns: [namespace],
      backend: {
        loadPath: url,
        parse: (text) => Object.fromEntries(JSON.parse(text).map(({ key, value }) => [key, value])),
      },
    })
}
