import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { askedOn } from '../harness/software-authenticator.ts'
import { exportedKey, keyRealm, knownAuthenticator, pastPassword } from '../webauthn/key-realm.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from './small-realm.ts'

const secret = 'another-way-secret-1'
const otp = {
  type: 'otp',
  userLabel: 'phone',
  secretData: JSON.stringify({ value: secret }),
  credentialData: JSON.stringify({
    subType: 'totp',
    digits: 6,
    counter: 0,
    period: 30,
    algorithm: 'HmacSHA1',
  }),
}

describe('trying another way', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  beforeAll(async () => {
    realms = await SmallRealms.start()
    const credentials = [{ type: 'password', value: anna.password }, otp, exportedKey('webauthn')]
    realm = await keyRealm(realms, 'ways', { otpPolicyCodeReusable: true }, { credentials })
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const another = (browser: Browser, page: Page) =>
    browser.submit(page, {}, { form: 'kc-select-try-another-way-form' })
  const choicesOn = (page: Page): string[] =>
    page.forms.map(({ action: _, ...form }) => {
      const control = form.controls.find(({ name }) => name === 'authenticationExecution')
      return control?.value ?? ''
    })
  /** @param place of the method on the page */
  const choose = (browser: Browser, page: Page, place: number) =>
    browser.post(page.forms[place]?.action ?? '', {
      authenticationExecution: choicesOn(page)[place] ?? '',
    })
  const code = () => new TOTP({ secret: Secret.fromUTF8(secret) }).generate()
  const stored = async () =>
    (await realm.send(`/users/${await realm.userId()}/credentials`, 'GET')) as {
      id: string
      type: string
    }[]

  it('offers what the user has in the order of the credentials, which can be moved', async () => {
    const browser = new Browser()
    const page = await pastPassword(realm, browser)
    expect(page.id).toBe('login-login-otp')
    const methods = await another(browser, page)
    expect(methods.id).toBe('login-select-authenticator')
    expect(methods.text).toMatch(/Authenticator Application.*Passkey/)
    const key = (await stored()).find(({ type }) => type === 'webauthn')
    await realm.send(`/users/${await realm.userId()}/credentials/${key?.id}/moveToFirst`, 'POST')
    const moved = new Browser()
    const first = await pastPassword(realm, moved)
    expect(first.id).toBe('login-webauthn-authenticate')
    expect((await another(moved, first)).text).toMatch(/Passkey.*Authenticator Application/)
  })

  it('begins with the way that was chosen last in this browser, and only there', async () => {
    const browser = new Browser()
    const first = await pastPassword(realm, browser)
    expect(first.id).toBe('login-webauthn-authenticate')
    const asked = await choose(browser, await another(browser, first), 1)
    expect(asked.id).toBe('login-login-otp')
    expect(answerOf(await browser.submit(asked, { otp: code() }))).toHaveProperty('code')
    const again = await browser.submit(await realm.begin(browser, { prompt: 'login' }), {
      password: anna.password,
    })
    expect(again.id).toBe('login-login-otp')
    const back = await choose(browser, await another(browser, again), 1)
    expect(back.id).toBe('login-webauthn-authenticate')
    const key = knownAuthenticator(realms)
    const done = await browser.submit(back, key.assertion(askedOn(back)), { form: 'webauth' })
    expect(answerOf(done)).toHaveProperty('code')
    expect((await pastPassword(realm, new Browser())).id).toBe('login-webauthn-authenticate')
  })

  it('refuses a way that the user does not have', async () => {
    const browser = new Browser()
    const page = await pastPassword(realm, browser)
    const methods = await another(browser, page)
    const forged = await browser.post(methods.forms[0]?.action ?? '', {
      authenticationExecution: '00000000-0000-4000-a000-000000000000',
    })
    expect(forged.status).toBe(400)
    expect(forged.id).toBe('login-error')
  })
})
