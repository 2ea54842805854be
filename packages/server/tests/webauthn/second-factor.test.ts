import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import {
  askedOn,
  type Distortion,
  type SoftwareAuthenticator,
} from '../harness/software-authenticator.ts'
import { anna, answerOf, type SmallRealm, SmallRealms } from '../login/small-realm.ts'
import {
  exportedKey,
  keyRealm,
  knownAuthenticator,
  newestEvent,
  pastPassword,
} from './key-realm.ts'

const password = { type: 'password', value: anna.password }

describe('a key as second factor', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  let key: SoftwareAuthenticator
  beforeAll(async () => {
    realms = await SmallRealms.start()
    const credentials = [password, exportedKey('webauthn')]
    realm = await keyRealm(realms, 'keys', {}, { credentials })
    key = knownAuthenticator(realms)
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const answer = (browser: Browser, page: Page, distortion?: Distortion): Promise<Page> =>
    browser.submit(page, key.assertion(askedOn(page), distortion), { form: 'webauth' })
  const storedCounter = async (): Promise<number> => {
    const all = (await realm.send(`/users/${await realm.userId()}/credentials`, 'GET')) as {
      type: string
      credentialData: string
    }[]
    const { counter } = JSON.parse(
      all.find(({ type }) => type === 'webauthn')?.credentialData ?? '{}',
    ) as { counter: number }
    return counter
  }

  it('signs in with what Keycloak has registered, and keeps the counter', async () => {
    const browser = new Browser()
    const page = await pastPassword(realm, browser)
    expect(page.id).toBe('login-webauthn-authenticate')
    expect(page.text).toContain('Security key')
    expect(page.form('authn_select').controls.map(({ value }) => value)).toEqual([
      key.keyId.toString('base64url'),
    ])
    expect(answerOf(await answer(browser, page))).toHaveProperty('code')
    expect(await storedCounter()).toBe(key.counter)
    expect((await newestEvent(realm, 'LOGIN')).details).toMatchObject({
      credential_type: 'webauthn',
      public_key_credential_id: key.keyId.toString('base64url'),
      web_authn_authenticator_user_verification_checked: 'false',
    })
  })

  const lies: readonly (readonly [string, Distortion, string])[] = [
    ['another challenge', { challenge: 'AAAA' }, 'challenge'],
    ['another origin', { origin: 'https://evil.example' }, 'origin'],
    ['another RP id', { rpId: 'evil.example' }, 'rpIdHash'],
    ['another ceremony', { type: 'webauthn.create' }, 'ClientData.type'],
    ['the counter of a copy', { counterStays: true }, 'Malicious counter'],
  ]
  it.each(lies)('refuses %s', async (_name, distortion, detail) => {
    const browser = new Browser()
    const page = await pastPassword(realm, browser)
    const refused = await answer(browser, page, distortion)
    expect(refused.status).toBe(200)
    expect(refused.id).toBe('login-webauthn-error')
    expect(refused.text).toContain('Passkey authentication result is invalid.')
    const { error, details } = await newestEvent(realm, 'LOGIN_ERROR')
    expect(error).toBe('invalid_user_credentials')
    expect(details).toMatchObject({
      credential_type: 'webauthn',
      web_authn_authentication_error: 'webauthn-error-auth-verification',
    })
    expect(details['web_authn_authentication_error_detail']).toContain(detail)
    const again = await browser.submit(refused, {}, { form: 'kc-error-credential-form' })
    expect(again.id).toBe('login-webauthn-authenticate')
    expect(askedOn(again).challenge).not.toBe(askedOn(page).challenge)
    expect(answerOf(await answer(browser, again))).toHaveProperty('code')
  })

  it('takes an answer once: not again, not in another login', async () => {
    const first = new Browser()
    const page = await pastPassword(realm, first)
    const fields = key.assertion(askedOn(page))
    const second = new Browser()
    const other = await pastPassword(realm, second)
    expect((await second.submit(other, fields, { form: 'webauth' })).id).toBe(
      'login-webauthn-error',
    )
    const both = await Promise.all([
      first.submit(page, fields, { form: 'webauth' }),
      first.submit(page, fields, { form: 'webauth' }),
    ])
    expect(both.filter(({ location }) => location?.searchParams.has('code'))).toHaveLength(1)
    expect(both.every(({ status }) => status < 500)).toBe(true)
  })

  it('answers what is cut off, or no key at all, without failing', async () => {
    const whole = (page: Page) => key.assertion(askedOn(page))
    const broken: ((page: Page) => Record<string, string>)[] = [
      (page) => ({ ...whole(page), signature: whole(page)['signature']?.slice(0, 20) ?? '' }),
      (page) => ({ ...whole(page), authenticatorData: 'AAAA' }),
      (page) => ({ ...whole(page), clientDataJSON: '%%%' }),
      (page) => ({ ...whole(page), clientDataJSON: Buffer.from('[]').toString('base64url') }),
      (page) => ({ ...whole(page), credentialId: 'x'.repeat(70_000) }),
      (page) => ({ ...whole(page), credentialId: 'AAAA' }),
      (page) => ({ ...whole(page), signature: '' }),
      (page) => ({ ...whole(page), userHandle: '////' }),
      () => ({ error: 'NotAllowedError: no' }),
    ]
    for (const fields of broken) {
      const browser = new Browser()
      const page = await pastPassword(realm, browser)
      const refused = await browser.submit(page, fields(page), { form: 'webauth' })
      expect(refused.describe()).toContain('login-webauthn-error')
      expect(refused.status).toBe(200)
    }
    expect(await newestEvent(realm, 'LOGIN_ERROR')).toMatchObject({
      error: 'not_allowed',
      details: { web_authn_authentication_error_detail: 'NotAllowedError: no' },
    })
  })

  it('wants the user to be verified, and the domain, where the realm does', async () => {
    await realm.send('', 'PUT', { webAuthnPolicyUserVerificationRequirement: 'required' })
    const browser = new Browser()
    const page = await pastPassword(realm, browser)
    expect(askedOn(page)).toMatchObject({ userVerification: 'required' })
    const refused = await answer(browser, page, { userVerified: false })
    expect(refused.text).toContain('Passkey authentication result is invalid.')
    const { details } = await newestEvent(realm, 'LOGIN_ERROR')
    expect(details['web_authn_authentication_error_detail']).toContain('UV flag')
    await realm.send('', 'PUT', {
      webAuthnPolicyUserVerificationRequirement: 'preferred',
      webAuthnPolicyRpId: 'example.org',
      webAuthnPolicyExtraOrigins: ['https://app.example.org'],
    })
    const elsewhere = new Browser()
    const asked = await pastPassword(realm, elsewhere)
    expect(askedOn(asked).rpId).toBe('example.org')
    const done = await answer(elsewhere, asked, { origin: 'https://app.example.org' })
    expect(answerOf(done)).toHaveProperty('code')
    await realm.send('', 'PUT', { webAuthnPolicyRpId: '', webAuthnPolicyExtraOrigins: [] })
  })

  it('locks whoever answers wrongly too often', async () => {
    const guarded = await keyRealm(
      realms,
      'guarded-keys',
      { bruteForceProtected: true, failureFactor: 3, quickLoginCheckMilliSeconds: 0 },
      { credentials: [password, exportedKey('webauthn')] },
    )
    const browser = new Browser()
    let page = await pastPassword(guarded, browser)
    for (let guess = 0; guess < 3; guess++) {
      const refused = await answer(browser, page, { origin: 'https://evil.example' })
      page = await browser.submit(refused, {}, { form: 'kc-error-credential-form' })
    }
    const late = await answer(browser, page)
    expect(late.location).toBeNull()
    expect((await newestEvent(guarded, 'LOGIN_ERROR')).error).toBe('user_temporarily_disabled')
  })

  it('has its users register a key where they have none and the step is required', async () => {
    const strict = await realms.create('strict-keys', { eventsEnabled: true })
    await strict.send('/authentication/flows/browser/copy', 'POST', { newName: 'with key' })
    await strict.send('/authentication/flows/with%20key%20forms/executions/execution', 'POST', {
      provider: 'webauthn-authenticator',
    })
    const path = '/authentication/flows/with%20key/executions'
    const executions = (await strict.send(path, 'GET')) as { providerId: string }[]
    const step = executions.findLast(({ providerId }) => providerId === 'webauthn-authenticator')
    await strict.send(path, 'PUT', { ...step, requirement: 'REQUIRED' })
    await strict.send('', 'PUT', { browserFlow: 'with key' })
    const browser = new Browser()
    const page = await pastPassword(strict, browser)
    expect(page.id).toBe('login-webauthn-register')
    const own = knownAuthenticator(realms)
    const fields = own.registration(askedOn(page))
    expect(answerOf(await browser.submit(page, fields, { form: 'register' }))).toHaveProperty(
      'code',
    )
    const next = new Browser()
    const asked = await pastPassword(strict, next)
    expect(asked.id).toBe('login-webauthn-authenticate')
    expect(asked.text).toContain('Software key')
    const done = await next.submit(asked, own.assertion(askedOn(asked)), { form: 'webauth' })
    expect(answerOf(done)).toHaveProperty('code')
  })
})
