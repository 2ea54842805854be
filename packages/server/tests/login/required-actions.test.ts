import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { authorizationResponse } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { begin, signedIn } from './login-pages.ts'

describe('what is asked for after the flow', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('judy accepts the terms and looks at her profile, then has to verify her address', async () => {
    const { browser, page } = await signedIn(server, 'judy')
    expect(page.id).toBe('login-terms')
    expect(page.url.searchParams.get('execution')).toBe('TERMS_AND_CONDITIONS')
    const profile = await browser.submit(page, {}, { button: 'accept' })
    expect(profile.id).toBe('login-login-update-profile')
    const empty = await browser.submit(profile, { username: '', firstName: '', lastName: '' })
    expect(empty.text).toContain('Please specify username.')
    expect(empty.text).toContain('Please specify this field.')
    const next = await browser.submit(empty, {
      username: 'judy',
      firstName: 'Judith',
      lastName: 'Tester',
    })
    // The mail server of the realm is away, and the login does not wait for it.
    expect(next.status).toBe(200)
    expect(next.id).toBe('login-login-verify-email')
  })

  it('nobody gets past an action that this server does not have', async () => {
    const admin = await AdminSession.open(server.url)
    const nora = {
      username: 'nora',
      enabled: true,
      email: 'nora@acme.test',
      attributes: { department: ['sales'] },
      emailVerified: true,
      firstName: 'N',
      lastName: 'Ora',
      credentials: [{ type: 'password', value: 'nora-Passw0rd' }],
      requiredActions: ['idp_link'],
    }
    const path = '/admin/realms/acme/users'
    expect((await admin.send(path, { method: 'POST', body: nora })).status).toBe(201)
    const browser = new Browser()
    const name = await begin(server, browser)
    const password = await browser.submit(name, { username: 'nora' })
    const page = await browser.submit(password, { password: 'nora-Passw0rd' })
    expect([page.status, page.id]).toEqual([400, 'login-error'])
    expect(page.text).toContain('a step that this server does not support yet')
    expect(server.server.log).toContain('required action idp_link')
  })

  it('tells the client when the terms are refused', async () => {
    const { browser, page } = await signedIn(server, 'judy')
    if (page.id !== 'login-terms') return
    const refused = await browser.submit(page, {}, { button: 'cancel' })
    expect(refused.location?.searchParams.get('error')).toBe('access_denied')
  })

  it('a client has its user set up an app, which the next login asks for', async () => {
    const { browser } = await signedIn(server, 'viewer')
    const setup = await begin(server, browser, { kc_action: 'CONFIGURE_TOTP' })
    expect(setup.id).toBe('login-login-config-totp')
    expect(setup.body).toContain('data:image/png;base64,')
    const secret = controlOf(setup, 'totpSecret')
    const manual = await browser.click(setup, /mode=manual/)
    expect(controlOf(manual, 'totpSecret')).toBe(secret)
    const wrong = await browser.submit(manual, { totp: '000000', userLabel: 'phone' })
    expect(wrong.text).toContain('Invalid authenticator code.')
    const code = new TOTP({ secret: Secret.fromUTF8(secret) }).generate()
    const done = authorizationResponse(
      await browser.submit(wrong, { totp: code, userLabel: 'phone' }),
    )
    expect(done.parameters.get('kc_action_status')).toBe('success')
    const next = await signedIn(server, 'viewer')
    expect(next.page.id).toBe('login-login-otp')
  })

  it('a started action can be cancelled, an unknown one is an error', async () => {
    const { browser } = await signedIn(server, 'bob')
    const page = await begin(server, browser, { kc_action: 'UPDATE_PASSWORD' })
    expect(page.id).toBe('login-login-update-password')
    const cancelled = await browser.submit(page, {}, { button: 'cancel-aia' })
    const status = (answer: typeof page) =>
      authorizationResponse(answer).parameters.get('kc_action_status')
    expect(status(cancelled)).toBe('cancelled')
    expect(status(await begin(server, browser, { kc_action: 'NOPE' }))).toBe('error')
    const silent = await begin(server, browser, { kc_action: 'UPDATE_PASSWORD', prompt: 'none' })
    expect(silent.location?.searchParams.get('error')).toBe('interaction_required')
  })

  it('loads the page of an action again, and refuses its form a second time', async () => {
    const { browser } = await signedIn(server, 'oscar')
    const page = await begin(server, browser, { kc_action: 'UPDATE_PASSWORD' })
    const again = await browser.get(page.url)
    expect(again.id).toBe('login-login-update-password')
    const values = { 'password-new': 'oscar-Passw0rd2', 'password-confirm': 'oscar-Passw0rd2' }
    const old = await browser.submit(page, values)
    expect(old.id).toBe('login-login-page-expired')
    authorizationResponse(await browser.submit(again, values))
  })

  it('signs out other browsers with a new password where the user wants that', async () => {
    const other = await signedIn(server, 'peggy')
    const { browser } = await signedIn(server, 'peggy')
    const page = await begin(server, browser, { kc_action: 'UPDATE_PASSWORD' })
    authorizationResponse(
      await browser.submit(page, {
        'password-new': 'peggy-Passw0rd2',
        'password-confirm': 'peggy-Passw0rd2',
        'logout-sessions': 'on',
      }),
    )
    authorizationResponse(await begin(server, browser, { prompt: 'none' }))
    const gone = await begin(server, other.browser, { prompt: 'none' })
    expect(gone.location?.searchParams.get('error')).toBe('login_required')
  })

  it('asks for consent once, and takes no for an answer', async () => {
    const refused = await signedIn(server, 'realmadmin', {}, 'consent-app')
    expect(refused.page.id).toBe('login-login-oauth-grant')
    expect(refused.page.text).toContain('Use the consent app')
    const no = await refused.browser.submit(refused.page, {}, { button: 'cancel' })
    expect(no.location?.searchParams.get('error')).toBe('access_denied')
    const { browser, page } = await signedIn(server, 'realmadmin', {}, 'consent-app')
    authorizationResponse(await browser.submit(page, {}, { button: 'accept' }))
    authorizationResponse(await begin(server, browser, { prompt: 'none' }, 'consent-app'))
    const more = await begin(server, browser, { scope: 'openid orders:read' }, 'consent-app')
    expect(more.text).toContain('Read your orders')
    expect(more.text).not.toContain('Use the consent app')
  })
})

function controlOf(
  page: { form(id?: string): { controls: readonly { name: string; value: string }[] } },
  name: string,
): string {
  const control = page.form().controls.find((one) => one.name === name)
  if (control === undefined) throw new Error(`no control ${name}`)
  return control.value
}
