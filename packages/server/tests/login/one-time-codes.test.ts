import { HOTP, Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from './small-realm.ts'

/** Codes of one device, by how far from now (steps) or which counter. */
type Codes = (offset: number) => string

interface OtpSettings {
  readonly otpPolicyType: string
  readonly otpPolicyAlgorithm: string
  readonly otpPolicyDigits: number
  readonly otpPolicyPeriod: number
}

const allApps = ['FreeOTP', 'Google Authenticator', 'Microsoft Authenticator']
const policies: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ['SHA1, 6 digits', {}, allApps],
  [
    'SHA256, 8 digits',
    { otpPolicyAlgorithm: 'HmacSHA256', otpPolicyDigits: 8 },
    allApps.slice(0, 2),
  ],
  ['SHA512, 60 seconds', { otpPolicyAlgorithm: 'HmacSHA512', otpPolicyPeriod: 60 }, ['FreeOTP']],
]

describe('one-time codes', () => {
  let realms: SmallRealms
  beforeAll(async () => {
    realms = await SmallRealms.start()
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const setUp = async (realm: SmallRealm): Promise<[Page, Codes]> => {
    const settings = (await realm.send('', 'GET')) as OtpSettings
    const browser = await realm.signIn()
    const page = await realm.begin(browser, { kc_action: 'CONFIGURE_TOTP' })
    const form = page.form('kc-totp-settings-form')
    const secret = form.controls.find(({ name }) => name === 'totpSecret')?.value ?? ''
    const shared = {
      secret: Secret.fromUTF8(secret),
      algorithm: settings.otpPolicyAlgorithm.replace('Hmac', ''),
      digits: settings.otpPolicyDigits,
    }
    const period = settings.otpPolicyPeriod
    const codes: Codes = (offset) =>
      settings.otpPolicyType === 'hotp'
        ? new HOTP({ ...shared, counter: offset }).generate()
        : new TOTP({ ...shared, period }).generate({
            timestamp: Date.now() + offset * period * 1000,
          })
    const values = { totp: codes(0), userLabel: 'phone' }
    const done = await browser.submit(page, values, { form: 'kc-totp-settings-form' })
    expect(answerOf(done)).toMatchObject({ kc_action_status: 'success' })
    return [page, codes]
  }
  /** Whether a code signs anna in. */
  const takes = async (realm: SmallRealm, code: string): Promise<boolean> => {
    const browser = new Browser()
    const asked = await browser.submit(await realm.begin(browser), anna)
    expect(asked.id).toBe('login-login-otp')
    const page = await browser.submit(asked, { otp: code })
    if (page.location === null) expect(page.text).toContain('Invalid authenticator code.')
    return page.location !== null
  }

  it.each(policies)('are made and taken by the policy: %s', async (name, policy, apps) => {
    const realm = await realms.create(`otp-${name.replaceAll(/\W+/g, '-').toLowerCase()}`)
    await realm.send('', 'PUT', { ...policy, otpPolicyLookAheadWindow: 1 })
    const [page, codes] = await setUp(realm)
    for (const app of allApps) expect(page.text.includes(app), app).toBe(apps.includes(app))
    expect(await takes(realm, codes(3))).toBe(false)
    expect(await takes(realm, codes(-3))).toBe(false)
    const next = codes(1)
    expect(await takes(realm, next)).toBe(true)
    expect(await takes(realm, next)).toBe(false)
    await realm.send('', 'PUT', { otpPolicyCodeReusable: true })
    const again = codes(0)
    expect(await takes(realm, again)).toBe(true)
    expect(await takes(realm, again)).toBe(true)
  })

  it('by counters are looked for ahead, never behind', async () => {
    const realm = await realms.create('otp-hotp')
    await realm.send('', 'PUT', { otpPolicyType: 'hotp', otpPolicyLookAheadWindow: 2 })
    const [page, codes] = await setUp(realm)
    expect(page.text).not.toContain('Microsoft Authenticator')
    expect(await takes(realm, codes(0))).toBe(false)
    expect(await takes(realm, codes(4))).toBe(false)
    expect(await takes(realm, codes(3))).toBe(true)
    expect(await takes(realm, codes(3))).toBe(false)
    expect(await takes(realm, codes(2))).toBe(false)
    expect(await takes(realm, codes(4))).toBe(true)
  })
})
