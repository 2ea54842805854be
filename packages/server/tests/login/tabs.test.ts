import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { authorizationResponse } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { begin, signedIn } from './login-pages.ts'

describe('tabs, old pages and starting over', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('keeps several logins of one browser apart', async () => {
    const browser = new Browser()
    const one = await begin(server, browser, { state: 'one' })
    const two = await begin(server, browser, { state: 'two' })
    const askedTwo = await browser.submit(two, { username: 'alice' })
    const askedOne = await browser.submit(one, { username: 'alice' })
    const first = authorizationResponse(
      await browser.submit(askedOne, { password: 'alice-Passw0rd' }),
    )
    expect(first.parameters.get('state')).toBe('one')
    const second = authorizationResponse(
      await browser.submit(askedTwo, { password: 'alice-Passw0rd' }),
    )
    expect(second.parameters.get('state')).toBe('two')
    expect(second.parameters.get('session_state')).toBe(first.parameters.get('session_state'))
  })

  it('does not let a second tab sign somebody else in beside the first', async () => {
    const browser = new Browser()
    const one = await begin(server, browser)
    const two = await begin(server, browser)
    await browser.submit(await browser.submit(one, { username: 'alice' }), {
      password: 'alice-Passw0rd',
    })
    const asked = await browser.submit(two, { username: 'bob' })
    const refused = await browser.submit(asked, { password: 'bob-Passw0rd' })
    expect(refused.status).toBe(400)
    expect(refused.text).toContain("You are already authenticated as different user 'alice'")
  })

  it('sends a form that is sent again after the login back to the application with an error', async () => {
    const browser = new Browser()
    const asked = await browser.submit(await begin(server, browser), { username: 'bob' })
    authorizationResponse(await browser.submit(asked, { password: 'bob-Passw0rd' }))
    const again = await browser.submit(asked, { password: 'bob-Passw0rd' })
    expect(Object.fromEntries(again.location?.searchParams ?? [])).toMatchObject({
      error: 'temporarily_unavailable',
      error_description: 'authentication_expired',
      state: 'st-1',
    })
  })

  it('starts over when the code of the page is not right', async () => {
    const browser = new Browser()
    const page = await begin(server, browser)
    const action = new URL(page.form('kc-form-login').action)
    action.searchParams.set('session_code', 'x.yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy')
    const again = await browser.post(action, { username: 'alice' })
    expect(again.status).toBe(200)
    expect(again.id).toBe('login-login-username')
    expect(again.text).toContain('Action expired. Please continue with login now.')
  })

  it('shows a page that has expired for an execution that is not asked for', async () => {
    const browser = new Browser()
    const page = await begin(server, browser, { state: 'kept' })
    const action = new URL(page.form('kc-form-login').action)
    action.searchParams.set('execution', '00000000-0000-0000-0000-000000000000')
    const expired = await browser.post(action, { username: 'alice' })
    expect(expired.id).toBe('login-login-page-expired')
    const resumed = await browser.click(expired, /login-actions\/authenticate/)
    expect(resumed.id).toBe('login-login-username')
    const restarted = await browser.click(expired, /login-actions\/restart/)
    expect(restarted.id).toBe('login-login-username')
    const asked = await browser.submit(restarted, { username: 'alice' })
    const done = authorizationResponse(await browser.submit(asked, { password: 'alice-Passw0rd' }))
    expect(done.parameters.get('state')).toBe('kept')
  })

  it('goes back to the name when the button beside it is pressed', async () => {
    const browser = new Browser()
    const asked = await browser.submit(await begin(server, browser), { username: 'alice' })
    const again = await browser.click(asked, /login-actions\/restart/)
    expect(again.id).toBe('login-login-username')
  })

  it('signs out whoever is signed in when one starts over as somebody else', async () => {
    const { browser } = await signedIn(server, 'peggy')
    const asked = await begin(server, browser, { prompt: 'login' })
    const again = await browser.click(asked, /login-actions\/restart/)
    expect(again.id).toBe('login-login-username')
    const silent = await begin(server, browser, { prompt: 'none' })
    expect(silent.location?.searchParams.get('error')).toBe('login_required')
  })

  it('refuses forms without cookies, and those of another browser or realm', async () => {
    const browser = new Browser()
    const page = await begin(server, browser)
    const action = page.form('kc-form-login').action
    const stranger = await new Browser().post(action, { username: 'alice' })
    expect(stranger.status).toBe(400)
    expect(stranger.text).toContain('Restart login cookie not found.')
    const other = new Browser()
    await begin(server, other)
    const foreign = await other.post(action, { username: 'alice' })
    expect(foreign.text).toContain('Action expired.')
    const elsewhere = await browser.post(action.replace('/acme/', '/master/'), {
      username: 'alice',
    })
    expect(elsewhere.status).toBe(400)
  })

  it('remembers the page and its language when it is loaded again', async () => {
    const browser = new Browser()
    const asked = await browser.submit(await begin(server, browser), { username: 'alice' })
    const german = await browser.click(asked, /kc_locale=de/)
    expect(german.id).toBe('login-login')
    expect(german.body).toContain('lang="de"')
    const done = await browser.submit(german, { password: 'falsch' })
    expect(done.body).toContain('lang="de"')
  })

  it('remembers the name and outlives the browser where the user asks for it', async () => {
    const browser = new Browser()
    const asked = await browser.submit(await begin(server, browser), {
      username: 'carol',
      rememberMe: 'on',
    })
    const done = await browser.submit(asked, { password: 'carol-Passw0rd' })
    authorizationResponse(done)
    const cookies = done.answer.setCookies.join('\n')
    expect(cookies).toMatch(/KEYCLOAK_REMEMBER_ME=username/)
    expect(cookies).toMatch(/KEYCLOAK_IDENTITY=[^\n]*Max-Age=\d+/)
  })
})
