import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { anna, answerOf, SmallRealms } from './small-realm.ts'

describe('a login', () => {
  let realms: SmallRealms
  beforeAll(async () => {
    realms = await SmallRealms.start()
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  it('offers somebody who was remembered to be remembered again', async () => {
    const realm = await realms.create('remembering', { rememberMe: true })
    const browser = new Browser()
    const box = (page: { body: string }) =>
      /<input[^>]*name="rememberMe"[^>]*>/.exec(page.body)?.[0]
    const first = await realm.begin(browser)
    expect(box(first)).not.toContain('checked')
    await browser.submit(first, { ...anna, rememberMe: 'on' })
    await realm.send(`/users/${await realm.userId()}/logout`, 'POST')
    const again = await realm.begin(browser)
    expect(
      again.form('kc-form-login').controls.find(({ name }) => name === 'username')?.value,
    ).toBe('anna')
    expect(box(again)).toContain('checked')
    const unchecked = await browser.submit(again, {
      username: 'anna',
      password: 'x',
      rememberMe: '',
    })
    expect(box(unchecked)).not.toContain('checked')
  })

  it('tells the client that the terms were declined', async () => {
    const realm = await realms.create(
      'terms',
      {
        requiredActions: [
          {
            alias: 'TERMS_AND_CONDITIONS',
            name: 'Terms',
            providerId: 'TERMS_AND_CONDITIONS',
            enabled: true,
            defaultAction: false,
            priority: 5,
            config: {},
          },
        ],
      },
      {},
      { requiredActions: ['TERMS_AND_CONDITIONS'] },
    )
    const browser = new Browser()
    const terms = await browser.submit(await realm.begin(browser), anna)
    expect(terms.id).toBe('login-terms')
    expect(answerOf(await browser.submit(terms, {}, { button: 'cancel' }))).toMatchObject({
      error: 'access_denied',
      error_description: 'termsAndConditionsDeclined',
    })
  })

  it.each(['a realm', "anna's", 'реалм'])('works in a realm that is called %s', async (name) => {
    const realm = await realms.create(name)
    const browser = await realm.signIn()
    expect(answerOf(await realm.begin(browser, { prompt: 'none' }))).toHaveProperty('code')
    const asked = await browser.get(`${realm.url}/protocol/openid-connect/logout`)
    await browser.submit(asked, {}, { button: 'confirmLogout' })
    expect(answerOf(await realm.begin(browser, { prompt: 'none' }))).toMatchObject({
      error: 'login_required',
    })
  })

  it('does not slow others down by the markup of its realm', async () => {
    const blanks = `<a${' '.repeat(4_000)}<`
    const realm = await realms.create('slow-name', { displayNameHtml: blanks })
    const started = performance.now()
    const page = await realm.begin(new Browser())
    expect(page.id).toBe('login-login')
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('says which issuer a refresh token of another host name would need', async () => {
    const realm = await realms.create('two-names', {}, { directAccessGrantsEnabled: true })
    const token = (url: string, form: Record<string, string>) =>
      fetch(`${url}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({ client_id: 'web', ...form }),
      })
    const issued = await token(realm.url, { grant_type: 'password', ...anna })
    const { refresh_token: refreshToken } = (await issued.json()) as { refresh_token: string }
    const elsewhere = realm.url.replace('127.0.0.1', 'localhost')
    expect(elsewhere).not.toBe(realm.url)
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
    const refused = await token(elsewhere, form)
    expect(refused.status).toBe(400)
    expect(await refused.json()).toEqual({
      error: 'invalid_grant',
      error_description: `Invalid token issuer. Expected '${elsewhere}'`,
    })
    expect((await token(realm.url, form)).status).toBe(200)
  })
})
