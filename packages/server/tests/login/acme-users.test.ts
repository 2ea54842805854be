import { HOTP, Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { authorizationResponse, authorizationUrl, signIn } from '../harness/login.ts'
import { startTestServer, type TestServer } from '../harness/test-server.ts'

const redirectUri = 'http://127.0.0.1:3000/cb'

/** Users of the imported realm with their old passwords: every hash algorithm, and both kinds of one-time codes. */
const plain = [
  'alice',
  'bob',
  'carol',
  'carol2',
  'dave',
  'sha1',
  'grace',
  'heidi',
  'ivan',
  'oscar',
  'peggy',
  'realmadmin',
  'viewer',
  'usermanager',
]

const totp = () => new TOTP({ secret: Secret.fromUTF8('acme-totp-secret-1234') }).generate()
const hotp = (counter: number) =>
  new HOTP({
    secret: Secret.fromUTF8('frank-hotp-secret-123'),
    digits: 8,
    algorithm: 'SHA256',
    counter,
  }).generate()

describe('users of an imported realm', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  const first = (browser: Browser, parameters: Record<string, string> = {}) =>
    browser.get(
      authorizationUrl({
        realmUrl: server.realmUrl('acme'),
        clientId: 'web',
        redirectUri,
        parameters: { state: 'st-1', ...parameters },
      }),
    )
  const login = async (username: string, otp?: () => string) => {
    const browser = new Browser()
    const page = await signIn(browser, await first(browser), {
      username,
      password: `${username}-Passw0rd`,
      ...(otp === undefined ? {} : { otp }),
    })
    return { browser, page }
  }

  it.each(plain)('%s signs in with the old password', async (username) => {
    const { page } = await login(username)
    const { parameters, code } = authorizationResponse(page)
    expect([...parameters.keys()]).toEqual(['state', 'session_state', 'iss', 'code'])
    expect(parameters.get('state')).toBe('st-1')
    expect(code.split('.')[1]).toBe(parameters.get('session_state'))
  })

  it('erin and super are asked for the code of their app', async () => {
    for (const username of ['erin', 'super']) {
      const browser = new Browser()
      const asked = await signIn(browser, await first(browser), {
        username,
        password: `${username}-Passw0rd`,
      })
      expect(asked.id).toBe('login-login-otp')
      const wrong = await browser.submit(asked, { otp: '000000' }, { form: 'kc-otp-login-form' })
      expect(wrong.status).toBe(200)
      expect(wrong.text).toContain('Invalid authenticator code.')
      const done = await browser.submit(wrong, { otp: totp() }, { form: 'kc-otp-login-form' })
      expect(authorizationResponse(done).code).not.toBe('')
    }
  })

  it('frank uses a counter based device, each code once', async () => {
    authorizationResponse((await login('frank', () => hotp(0))).page)
    const { browser, page } = await login('frank')
    const used = await browser.submit(page, { otp: hotp(0) }, { form: 'kc-otp-login-form' })
    expect(used.text).toContain('Invalid authenticator code.')
    authorizationResponse(
      await browser.submit(used, { otp: hotp(1) }, { form: 'kc-otp-login-form' }),
    )
  })

  it('mallory is disabled, which only the right password reveals', async () => {
    const { page } = await login('mallory')
    expect(page.status).toBe(400)
    expect(page.id).toBe('login-error')
    expect(page.text).toContain('Account is disabled, contact your administrator.')
  })

  it('an unknown user and a wrong password look the same', async () => {
    const texts: string[] = []
    for (const username of ['nobody', 'peggy']) {
      const browser = new Browser()
      const named = await first(browser)
      expect(named.forms.map(({ id }) => id)).not.toContain('kc-select-try-another-way-form')
      const asked = await browser.submit(named, { username })
      expect(asked.id).toBe('login-login')
      const refused = await browser.submit(asked, { password: 'wrong' })
      expect(refused.id).toBe('login-login')
      texts.push(refused.text.replaceAll(username, 'X'))
    }
    expect(texts[0]).toContain('Invalid username or password.')
    expect(texts[0]).toBe(texts[1])
  })

  it('temp has to change the temporary password', async () => {
    const { browser, page } = await login('temp')
    expect(page.id).toBe('login-login-update-password')
    expect(page.text).toContain('You need to change your password to activate your account.')
    const different = await browser.submit(page, {
      'password-new': 'temp-Passw0rd2',
      'password-confirm': 'other',
    })
    expect(different.text).toContain("Passwords don't match.")
    const short = await browser.submit(different, {
      'password-new': 'x',
      'password-confirm': 'x',
    })
    expect(short.text).toContain('Invalid password: minimum length 8.')
    const reused = await browser.submit(short, {
      'password-new': 'temp-Passw0rd',
      'password-confirm': 'temp-Passw0rd',
    })
    expect(reused.text).toContain('Invalid password: must not be equal to any of last 3 passwords.')
    const done = await browser.submit(reused, {
      'password-new': 'temp-Passw0rd2',
      'password-confirm': 'temp-Passw0rd2',
    })
    authorizationResponse(done)
    const stranger = new Browser()
    const asked = await stranger.submit(await first(stranger), { username: 'temp' })
    const old = await stranger.submit(asked, { password: 'temp-Passw0rd' })
    expect(old.text).toContain('Invalid username or password.')
  })

  it('is signed in already the next time, and stays the same session', async () => {
    const { browser, page } = await login('bob')
    const before = authorizationResponse(page)
    const again = authorizationResponse(await first(browser, { prompt: 'none' }))
    expect(again.parameters.get('session_state')).toBe(before.parameters.get('session_state'))
    expect(again.code).not.toBe(before.code)
  })

  it('has to sign in again for prompt=login, and cannot without a session for prompt=none', async () => {
    const stranger = await first(new Browser(), { prompt: 'none' })
    expect(stranger.location?.searchParams.get('error')).toBe('login_required')
    const { browser } = await login('bob')
    const asked = await first(browser, { prompt: 'login' })
    expect(asked.id).toBe('login-login')
    expect(asked.text).toContain('Please re-authenticate to continue')
    authorizationResponse(await browser.submit(asked, { password: 'bob-Passw0rd' }))
  })
})
