import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import {
  askedOn,
  type Distortion,
  SoftwareAuthenticator,
} from '../harness/software-authenticator.ts'
import { anna, answerOf, type SmallRealm, SmallRealms, webRedirect } from '../login/small-realm.ts'
import { exportedKey, knownAuthenticator, newestEvent } from './key-realm.ts'

const password = { type: 'password', value: anna.password }
const passkey = () => exportedKey('webauthn-passwordless')

describe('passkeys that stand alone', () => {
  let realms: SmallRealms
  let key: SoftwareAuthenticator
  beforeAll(async () => {
    realms = await SmallRealms.start()
    key = knownAuthenticator(realms)
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  /** A realm whose browser flow has these executions, required or alternative. */
  const realmWith = async (
    name: string,
    executions: readonly (readonly [string, string])[],
    settings: Readonly<Record<string, unknown>> = {},
    credentials: readonly unknown[] = [password, passkey()],
  ): Promise<SmallRealm> => {
    const realm = await realms.create(
      name,
      { eventsEnabled: true, ...settings },
      {},
      { credentials },
    )
    await realm.send('/authentication/flows', 'POST', {
      alias: 'own',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
    })
    for (const [provider] of executions) {
      await realm.send('/authentication/flows/own/executions/execution', 'POST', { provider })
    }
    const path = '/authentication/flows/own/executions'
    const made = (await realm.send(path, 'GET')) as { providerId: string }[]
    for (const [index, execution] of made.entries()) {
      await realm.send(path, 'PUT', { ...execution, requirement: executions[index]?.[1] })
    }
    await realm.send('', 'PUT', { browserFlow: 'own' })
    return realm
  }
  const answer = (browser: Browser, page: Page, distortion: Distortion): Promise<Page> =>
    browser.submit(page, key.assertion(askedOn(page), distortion), { form: 'webauth' })

  it('say who somebody is, on a page without a name', async () => {
    const realm = await realmWith('alone', [['webauthn-authenticator-passwordless', 'REQUIRED']])
    const userHandle = await realm.userId()
    const browser = new Browser()
    const page = await realm.begin(browser)
    expect(page.id).toBe('login-webauthn-authenticate')
    expect(askedOn(page)).toMatchObject({ userVerification: 'required', isUserIdentified: false })
    expect(answerOf(await answer(browser, page, { userHandle }))).toHaveProperty('code')
    const other = new Browser()
    const asked = await realm.begin(other)
    const unverified = await answer(other, asked, { userHandle, userVerified: false })
    expect(unverified.id).toBe('login-webauthn-error')
    const again = await other.submit(unverified, {}, { form: 'kc-error-credential-form' })
    expect(again.id).toBe('login-webauthn-authenticate')
    for (const nobody of ['', 'nobody', '\u0000', 'x'.repeat(300)]) {
      const stranger = new Browser()
      const refused = await answer(stranger, await realm.begin(stranger), { userHandle: nobody })
      expect(refused.text).toContain('Unknown user authenticated by the Passkey.')
      expect((await newestEvent(realm, 'LOGIN_ERROR')).error).toBe('user_not_found')
    }
  })

  it('take an answer once, although the login is nowhere but in the browser', async () => {
    const realm = await realmWith('once', [['webauthn-authenticator-passwordless', 'REQUIRED']])
    const browser = new Browser()
    const page = await realm.begin(browser)
    const fields = key.assertion(askedOn(page), { userHandle: await realm.userId() })
    expect(answerOf(await browser.submit(page, fields, { form: 'webauth' }))).toHaveProperty('code')
    const thief = new Browser({ cookies: browser.cookies })
    const replayed = await thief.submit(page, fields, { form: 'webauth' })
    expect(replayed.location?.searchParams.has('code') ?? false).toBe(false)
    expect(replayed.status).toBeLessThan(500)
  })

  it('are not taken for another kind, another user or another realm', async () => {
    const realm = await realmWith('kinds', [
      ['auth-username-form', 'REQUIRED'],
      ['webauthn-authenticator-passwordless', 'REQUIRED'],
    ])
    const browser = new Browser()
    const page = await browser.submit(await realm.begin(browser), { username: anna.username })
    expect(askedOn(page)).toMatchObject({ isUserIdentified: true })
    expect(page.text).not.toContain('Security key')
    const refused = await answer(browser, page, { userHandle: 'somebody-else' })
    expect(refused.text).toContain('First authenticated user is not the one')
    const { error, details } = await newestEvent(realm, 'LOGIN_ERROR')
    expect(error).toBe('different_user_authenticated')
    expect(details).toMatchObject({ web_authn_authenticated_user_id: 'somebody-else' })
    const twoFactor = await realmWith(
      'two-factor-only',
      [['webauthn-authenticator-passwordless', 'REQUIRED']],
      {},
      [password, exportedKey('webauthn')],
    )
    const stranger = new Browser()
    const asked = await twoFactor.begin(stranger)
    const wrong = await answer(stranger, asked, { userHandle: await twoFactor.userId() })
    expect(wrong.text).toContain('Unknown user authenticated by the Passkey.')
  })

  it('are offered beside the name and the password where the realm says so', async () => {
    const realm = await realmWith(
      'offered',
      [
        ['auth-username-form', 'REQUIRED'],
        ['auth-password-form', 'REQUIRED'],
      ],
      { webAuthnPolicyPasswordlessPasskeysEnabled: true, rememberMe: true },
    )
    const userHandle = await realm.userId()
    const browser = new Browser()
    const page = await realm.begin(browser)
    expect(page.id).toBe('login-login-username')
    expect(page.body).toContain('autocomplete="username webauthn"')
    expect(askedOn(page)).toMatchObject({ mediation: 'conditional', isUserIdentified: false })
    const refused = await answer(browser, page, { userHandle, origin: 'https://evil.example' })
    expect(refused.id).toBe('login-login-username')
    expect(refused.text).toContain('Passkey authentication result is invalid.')
    expect(askedOn(refused).challenge).not.toBe(askedOn(page).challenge)
    // The password is not asked for any more.
    expect(answerOf(await answer(browser, refused, { userHandle }))).toHaveProperty('code')
    const byName = new Browser()
    const asked = await byName.submit(await realm.begin(byName), { username: anna.username })
    expect(asked.id).toBe('login-login-password')
    expect(askedOn(asked)).toMatchObject({ isUserIdentified: true })
    expect(answerOf(await answer(byName, asked, {}))).toHaveProperty('code')
    await realm.send('', 'PUT', { webAuthnPolicyPasswordlessPasskeysEnabled: false })
    const plain = new Browser()
    const without = await realm.begin(plain)
    expect(without.body).not.toContain('data-webauthn')
    const forced = await plain.submit(without, { userHandle, authenticatorData: 'AAAA' })
    expect(forced.id).toBe('login-login-username')
  })

  it('are offered beside name and password in one form, and remember who wants to be', async () => {
    const realm = await realms.create(
      'one-form',
      { webAuthnPolicyPasswordlessPasskeysEnabled: true, rememberMe: true },
      {},
      { credentials: [password, passkey()] },
    )
    const browser = new Browser()
    const page = await realm.begin(browser)
    expect(page.id).toBe('login-login')
    const fields = key.assertion(askedOn(page), { userHandle: await realm.userId() })
    const done = await browser.post(page.form('webauth').action, { ...fields, rememberMe: 'on' })
    expect(done.location?.href).toContain(webRedirect)
    expect(browser.cookies.header(new URL(`${realm.url}/`))).toContain('KEYCLOAK_REMEMBER_ME')
  })

  it('are registered on their own, by the policy for them', async () => {
    const realm = await realms.create('own-policy')
    const browser = await realm.signIn()
    const page = await realm.begin(browser, { kc_action: 'webauthn-register-passwordless' })
    expect(askedOn(page)).toMatchObject({ residentKey: 'required', userVerification: 'required' })
    const own = new SoftwareAuthenticator(new URL(realms.server.url).origin)
    const done = await browser.submit(page, own.registration(askedOn(page)), { form: 'register' })
    expect(answerOf(done)).toMatchObject({ kc_action_status: 'success' })
    const path = `/users/${await realm.userId()}/credentials`
    const all = (await realm.send(path, 'GET')) as { id: string; type: string }[]
    const added = all.find(({ type }) => type === 'webauthn-passwordless')
    expect(added).toBeDefined()
    await realm.send(`${path}/${added?.id}`, 'DELETE')
    expect(await realm.send(path, 'GET')).toHaveLength(all.length - 1)
  })
})
