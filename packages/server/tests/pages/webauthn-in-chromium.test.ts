import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from '../harness/chromium.ts'
import { authorizationUrl } from '../harness/login.ts'
import {
  type AuthenticatorOptions,
  VirtualAuthenticator,
} from '../harness/virtual-authenticator.ts'
import { anna, type SmallRealm, SmallRealms, webRedirect } from '../login/small-realm.ts'
import { keyRealm } from '../webauthn/key-realm.ts'

const runnable = await hasChromium('tests of keys in a real browser')
const stepTimeoutMs = 15_000

interface Listed {
  readonly id: string
  readonly type: string
  readonly userLabel?: string
}

describe.skipIf(!runnable)('keys in Chromium', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  let browser: Browser
  beforeAll(async () => {
    realms = await SmallRealms.start()
    realm = await keyRealm(realms, 'chromium-keys', {
      webAuthnPolicyAttestationConveyancePreference: 'direct',
    })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await realms?.[Symbol.asyncDispose]()
  })

  /** Keys need a name, not an address, as domain. */
  const named = (url: string) => url.replace('//127.0.0.1', '//localhost')
  const open = async (page: Page, at: SmallRealm, parameters = {}): Promise<void> => {
    const realmUrl = named(at.url)
    const request = { realmUrl, clientId: 'web', redirectUri: webRedirect, parameters }
    await page.goto(authorizationUrl(request).href).catch(() => undefined)
  }
  const visitor = async (options?: AuthenticatorOptions): Promise<[Page, VirtualAuthenticator]> => {
    const context = await browser.newContext({ locale: 'en' })
    context.setDefaultTimeout(stepTimeoutMs)
    const page = await context.newPage()
    page.on('dialog', (dialog) => dialog.accept(`Key of ${dialog.defaultValue()}`))
    return [page, await VirtualAuthenticator.plugIn(page, options)]
  }
  const password = async (page: Page): Promise<void> => {
    await page.locator('#username').fill(anna.username)
    await page.locator('#password').fill(anna.password)
    await page.locator('#kc-login').click()
  }
  /** What the client is told after an act; nobody needs to listen there. */
  const back = async (page: Page, act: () => Promise<unknown>): Promise<URLSearchParams> => {
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.url().startsWith(webRedirect)),
      act(),
    ])
    return new URL(request.url()).searchParams
  }
  const registered = async (page: Page, at: SmallRealm, action: string) => {
    await open(page, at, { kc_action: action })
    await password(page)
    return back(page, () => page.locator('#registerWebAuthn').click())
  }
  const signOut = (page: Page) => page.context().clearCookies()
  const keysIn = async (at: SmallRealm): Promise<Listed[]> => {
    const path = `/users/${await at.userId()}/credentials`
    const all = (await at.send(path, 'GET')) as Listed[]
    return all.filter(({ type }) => type.startsWith('webauthn'))
  }

  it('are registered, named, sign in, tell a copy, and are removed', async () => {
    const [page, authenticator] = await visitor()
    const done = await registered(page, realm, 'webauthn-register')
    expect(done.get('kc_action_status')).toBe('success')
    const [made] = await authenticator.keys()
    expect(await keysIn(realm)).toMatchObject([{ userLabel: 'Key of Passkey (Default Label)' }])
    await signOut(page)
    await open(page, realm)
    await password(page)
    await page.locator('#kc-webauthn-authenticator-label-0').waitFor()
    const signedIn = await back(page, () => page.locator('#authenticateWebAuthnButton').click())
    expect(signedIn.has('code')).toBe(true)

    const [other, copy] = await visitor()
    if (made === undefined) throw new Error('no key was made')
    await copy.insert({ ...made, signCount: 0 })
    await open(other, realm)
    await password(other)
    await other.locator('#authenticateWebAuthnButton').click()
    await other.locator('body[data-page-id="login-webauthn-error"]').waitFor()
    expect(await other.locator('.kc-feedback-text').textContent()).toContain('is invalid')

    const [key] = await keysIn(realm)
    const path = `/users/${await realm.userId()}/credentials/${key?.id}`
    await realm.send(path, 'DELETE')
    await signOut(page)
    await open(page, realm)
    expect((await back(page, () => password(page))).has('code')).toBe(true)
  })

  it('are refused where the browser refuses: another domain, or nobody who is verified', async () => {
    const [page] = await visitor()
    await realm.send('', 'PUT', { webAuthnPolicyRpId: 'example.org' })
    await open(page, realm, { kc_action: 'webauthn-register' })
    await password(page)
    await page.locator('#registerWebAuthn').click()
    await page.locator('body[data-page-id="login-webauthn-error"]').waitFor()
    expect(await page.locator('.kc-feedback-text').textContent()).toContain('SecurityError')
    await realm.send('', 'PUT', {
      webAuthnPolicyRpId: '',
      webAuthnPolicyUserVerificationRequirement: 'required',
      webAuthnPolicyCreateTimeout: 1,
    })
    const [strict, authenticator] = await visitor()
    await registered(strict, realm, 'webauthn-register')
    await authenticator.verifyUser(false)
    await signOut(strict)
    await open(strict, realm)
    await password(strict)
    await strict.locator('#authenticateWebAuthnButton').click()
    await strict.locator('body[data-page-id="login-webauthn-error"]').waitFor()
    await authenticator.verifyUser(true)
    await strict.locator('#kc-try-again').click()
    const done = await back(strict, () => strict.locator('#authenticateWebAuthnButton').click())
    expect(done.has('code')).toBe(true)
  })

  it('sign in as passkeys: picked by the browser beside the form, and by the button', async () => {
    const own = await realms.create('chromium-passkeys', {
      webAuthnPolicyPasswordlessPasskeysEnabled: true,
    })
    const [page] = await visitor({ transport: 'internal' })
    await registered(page, own, 'webauthn-register-passwordless')
    await signOut(page)
    // The virtual authenticator answers what the form offers by itself.
    expect((await back(page, () => open(page, own))).has('code')).toBe(true)
    await own.send('', 'PUT', { webAuthnPolicyPasswordlessMediation: 'none' })
    await signOut(page)
    await open(page, own)
    await page.locator('#username').waitFor()
    const signedIn = await back(page, () => page.locator('#authenticateWebAuthnButton').click())
    expect(signedIn.has('code')).toBe(true)
  })
})
