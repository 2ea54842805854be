import { expect, it } from 'vitest'
import { chooseLocale } from './choose-locale.ts'

const acme = {
  internationalizationEnabled: true,
  supportedLocales: ['en', 'de', 'fr', 'zh-Hans'],
  defaultLocale: 'fr',
}

it('is English where internationalization is off, whatever is wished', () => {
  const off = { ...acme, internationalizationEnabled: false }
  expect(chooseLocale(off, { kcLocale: 'de' })).toBe('en')
})

it('goes from the page to the profile, the client, the cookie, the browser and the default', () => {
  const all = {
    kcLocale: 'de',
    userLocale: 'en',
    uiLocales: 'fr',
    cookieLocale: 'zh-Hans',
    acceptLanguage: 'en',
  }
  expect(chooseLocale(acme, all)).toBe('de')
  expect(chooseLocale(acme, { ...all, kcLocale: 'xx' })).toBe('en')
  expect(chooseLocale(acme, { uiLocales: 'xx fr', cookieLocale: 'de' })).toBe('fr')
  expect(chooseLocale(acme, { cookieLocale: 'zh-Hans', acceptLanguage: 'de' })).toBe('zh-Hans')
  expect(chooseLocale(acme, {})).toBe('fr')
})

it('reads weights and regions of Accept-Language', () => {
  expect(chooseLocale(acme, { acceptLanguage: 'it, de-AT;q=0.7, en;q=0.3' })).toBe('de')
  expect(chooseLocale(acme, { acceptLanguage: '*, de;q=0' })).toBe('fr')
  expect(chooseLocale(acme, { acceptLanguage: 'zh;q=0.2' })).toBe('zh-Hans')
})
