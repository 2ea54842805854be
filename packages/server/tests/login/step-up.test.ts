import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { acmePassword } from '../harness/fixtures.ts'
import { authorizationResponse, signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'
import { begin } from './login-pages.ts'

/** Client whose own flow has two levels: `copper` is a password, `titanium` also a one-time code, anew each time. */
const clientId = 'narrow'
/** Has a one-time code, see the passwords of the imported realm. */
const username = 'erin'
const oneTimeCode = () => new TOTP({ secret: Secret.fromUTF8('acme-totp-secret-1234') }).generate()

describe('levels of authentication', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  const ask = (browser: Browser, parameters: Record<string, string> = {}): Promise<Page> =>
    begin(server, browser, parameters, clientId)
  const signedInAs = async (browser: Browser, parameters: Record<string, string> = {}) =>
    signIn(browser, await ask(browser, parameters), {
      username,
      password: acmePassword(username),
    })
  const levelOf = async (page: Page): Promise<unknown> => {
    const answer = await fetch(`${server.realmUrl('acme')}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: authorizationResponse(page).code,
        redirect_uri: 'http://127.0.0.1:3000/cb',
        client_id: clientId,
        client_secret: 'narrow-secret',
      }),
    })
    const { id_token: token } = (await answer.json()) as { id_token: string }
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).acr
  }

  it("is the client's default where none is asked for, and is stepped up without the password", async () => {
    const browser = new Browser()
    expect(await levelOf(await signedInAs(browser))).toBe('copper')
    const code = await ask(browser, { acr_values: 'titanium' })
    expect(code.id).toBe('login-login-otp')
    expect(await levelOf(await browser.submit(code, { otp: oneTimeCode() }))).toBe('titanium')
    // The lower level goes on to hold, the higher one is for one login only.
    expect(await levelOf(await ask(browser))).toBe('copper')
    expect((await ask(browser, { acr_values: 'titanium' })).id).toBe('login-login-otp')
  })

  it('asks for everything at once where nobody is signed in', async () => {
    const browser = new Browser()
    const code = await signedInAs(browser, { acr_values: 'titanium' })
    expect(code.id).toBe('login-login-otp')
    const wrong = await browser.submit(code, { otp: '000000' })
    expect(wrong.text).toContain('Invalid authenticator code.')
    expect(await levelOf(await browser.submit(wrong, { otp: oneTimeCode() }))).toBe('titanium')
  })

  it('is not stepped up behind the user: prompt=none fails', async () => {
    const browser = new Browser()
    await signedInAs(browser)
    const silent = await ask(browser, { acr_values: 'titanium', prompt: 'none' })
    expect(silent.location?.searchParams.get('error')).toBe('login_required')
  })

  it('takes the level from the claims parameter; an essential one that nobody knows is an error', async () => {
    const browser = new Browser()
    await signedInAs(browser)
    const essential = (value: string) =>
      JSON.stringify({ id_token: { acr: { essential: true, values: [value] } } })
    expect((await ask(browser, { claims: essential('titanium') })).id).toBe('login-login-otp')
    const unknown = await ask(browser, { claims: essential('adamant') })
    expect(unknown.status).toBe(400)
    expect(unknown.text).toContain('Invalid parameter: claims')
    expect(await levelOf(await ask(browser, { acr_values: 'adamant' }))).toBe('copper')
  })
})
