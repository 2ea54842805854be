import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import { type SmallRealm, SmallRealms, webRedirect } from './small-realm.ts'

const folder = join(import.meta.dirname, '../../../translations/texts/login')
const locales = readdirSync(folder).map((name) => name.replace('.json', ''))
const textsOf = (locale: string) =>
  JSON.parse(readFileSync(join(folder, `${locale}.json`), 'utf8')) as Record<string, string>
const english = textsOf('en')

let realms: SmallRealms
let realm: SmallRealm

beforeAll(async () => {
  realms = await SmallRealms.start()
  realm = await realms.create('languages', {
    internationalizationEnabled: true,
    supportedLocales: locales,
    defaultLocale: 'en',
  })
})

afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

const open = (parameters: Record<string, string>, headers: Record<string, string> = {}) => {
  const request = { realmUrl: realm.url, clientId: 'web', redirectUri: webRedirect, parameters }
  return new Browser().get(authorizationUrl(request), { headers })
}

it('the login page speaks every language that it is translated to, and English for what is missing', async () => {
  expect(locales.length).toBeGreaterThan(35)
  for (const locale of locales) {
    const { body, text } = await open({ ui_locales: locale })
    const rtl = ['ar', 'fa', 'he', 'ur'].includes(locale)
    expect(body).toContain(`lang="${locale}" dir="${rtl ? 'rtl' : 'ltr'}"`)
    const title = textsOf(locale)['loginAccountTitle'] ?? english['loginAccountTitle'] ?? ''
    expect(text, locale).toContain(title.replaceAll("''", "'"))
  }
})

it('takes the language of the page, the client, the browser, in this order', async () => {
  const german = { 'accept-language': 'xx, de;q=0.5' }
  expect((await open({}, german)).body).toContain('lang="de"')
  expect((await open({ ui_locales: 'xx fr' }, german)).body).toContain('lang="fr"')
  const both = await open({ ui_locales: 'fr', kc_locale: 'ja' }, german)
  expect(both.body).toContain('lang="ja"')
  expect((await open({})).body).toContain('lang="en"')
})

it("the realm's own texts come first, in every language", async () => {
  const path = `${realms.server.url}/admin/realms/languages/localization/ja/loginAccountTitle`
  const answer = await fetch(path, {
    method: 'PUT',
    headers: { authorization: `Bearer ${realms.admin.token}`, 'content-type': 'text/plain' },
    body: 'ようこそ <b>Acme</b>',
  })
  expect(answer.status).toBe(204)
  // As Keycloak's own client for Java asks for it.
  const read = await fetch(path, {
    headers: { authorization: `Bearer ${realms.admin.token}`, accept: 'text/plain' },
  })
  expect([read.status, await read.text()]).toEqual([200, 'ようこそ <b>Acme</b>'])
  const page = await open({ ui_locales: 'ja' })
  expect(page.text).toContain('ようこそ <b>Acme</b>')
  expect(page.body).not.toContain('<b>Acme</b>')
})
