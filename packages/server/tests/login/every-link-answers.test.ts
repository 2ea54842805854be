import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { textOf } from '../harness/html-page.ts'
import { anna, type SmallRealm, SmallRealms } from './small-realm.ts'

const languages = { internationalizationEnabled: true, supportedLocales: ['en', 'de', 'fr'] }

/** Addresses of this server that a page names: links, languages, style sheets, scripts. */
function addressesOn(page: Page): URL[] {
  return [...page.body.matchAll(/(?:href|src|value|data-signed-in-elsewhere)="([^"]*)"/g)]
    .map(([, address]) => textOf(address ?? ''))
    .filter((address) => /^(?:\/|https?:)/.test(address))
    .map((address) => new URL(address, page.url))
    .filter(({ origin }) => origin === page.url.origin)
}

describe('every address on every page', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  beforeAll(async () => {
    realms = await SmallRealms.start()
    realm = await realms.create(
      'linked',
      { ...languages, rememberMe: true },
      { consentRequired: true },
    )
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const pages: readonly (readonly [string, (browser: Browser) => Promise<Page>])[] = [
    ['the login form', (browser) => realm.begin(browser)],
    [
      'the login form after a wrong password',
      async (browser) => browser.submit(await realm.begin(browser), { ...anna, password: 'x' }),
    ],
    ['the consent page', async (browser) => browser.submit(await realm.begin(browser), anna)],
    [
      'an expired page',
      async (browser) => {
        const action = new URL((await realm.begin(browser)).form('kc-form-login').action)
        action.searchParams.set('execution', '00000000-0000-0000-0000-000000000000')
        return browser.post(action, anna)
      },
    ],
    [
      'an error page of the authorization endpoint',
      (browser) => realm.begin(browser, { redirect_uri: 'http://evil.example.org/' }),
    ],
    [
      'an error page of the login',
      (browser) => browser.get(`${realm.url}/login-actions/authenticate`),
    ],
    [
      'the question whether to log out',
      async (browser) => {
        await browser.submit(await realm.begin(browser, {}, 'other'), anna)
        return browser.get(`${realm.url}/protocol/openid-connect/logout`)
      },
    ],
    [
      'the page after a logout',
      async (browser) => {
        await browser.submit(await realm.begin(browser, {}, 'other'), anna)
        const asked = await browser.get(`${realm.url}/protocol/openid-connect/logout`)
        return browser.submit(asked, {}, { button: 'confirmLogout' })
      },
    ],
    [
      'an error page of the logout',
      (browser) =>
        browser.get(`${realm.url}/protocol/openid-connect/logout?id_token_hint=nonsense`),
    ],
  ]

  it.each(pages)('answers: %s', async (_name, open) => {
    const browser = new Browser()
    const page = await open(browser)
    const addresses = addressesOn(page)
    expect(addresses.length).toBeGreaterThan(3)
    for (const address of addresses) {
      const answer = await browser.get(address)
      // The error page itself, in another language, has its own status again.
      const same = answer.id === page.id && answer.status === page.status
      expect(answer.status < 400 || same, `${answer.status} ${address}`).toBe(true)
    }
  })

  it.each(pages)('changes the language: %s', async (_name, open) => {
    const browser = new Browser()
    const page = await open(browser)
    const german = addressesOn(page).find(
      ({ searchParams }) => searchParams.get('kc_locale') === 'de',
    )
    // The question whether to log out offers none, as in Keycloak.
    if (german === undefined) return expect(page.id).toBe('login-logout-confirm')
    const again = await browser.get(german)
    // The login behind an expired page is where it can go on.
    const expired = page.id === 'login-login-page-expired'
    expect(again.id).toBe(expired ? 'login-login' : page.id)
    expect(again.body).toContain('lang="de"')
  })
})
