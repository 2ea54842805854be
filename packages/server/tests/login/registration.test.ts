import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms, webRedirect } from './small-realm.ts'

const bea = {
  username: 'bea',
  email: 'bea@example.org',
  firstName: 'B',
  lastName: 'Ea',
  password: 'bea-Passw0rd',
  'password-confirm': 'bea-Passw0rd',
}

describe('self-registration', () => {
  let realms: SmallRealms
  let realm: SmallRealm
  beforeAll(async () => {
    realms = await SmallRealms.start()
    realm = await realms.create('joining', { registrationAllowed: true, eventsEnabled: true })
    await realm.send('', 'PUT', { passwordPolicy: 'length(8)' })
  })
  afterAll(async () => {
    await realms[Symbol.asyncDispose]()
  })

  const form = async (of: SmallRealm, browser: Browser): Promise<Page> =>
    browser.click(await of.begin(browser), /login-actions\/registration/)
  const users = async (of: SmallRealm, name: string) =>
    (await of.send(`/users?username=${name}&exact=true`, 'GET')) as Record<string, unknown>[]
  const events = async (type: string) => {
    // Events are written in batches.
    for (let attempt = 0; attempt < 40; attempt++) {
      const found = (await realm.send(`/events?type=${type}`, 'GET')) as Record<string, unknown>[]
      if (found.length > 0) return found
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    return []
  }

  it('makes an account, signs in with it, and tells of both', async () => {
    const browser = new Browser()
    const page = await form(realm, browser)
    expect(page.id).toBe('login-register')
    expect(page.url.pathname).toBe('/realms/joining/login-actions/registration')
    expect(answerOf(await browser.submit(page, bea))).toHaveProperty('code')
    expect(await users(realm, 'bea')).toMatchObject([
      { email: 'bea@example.org', firstName: 'B', enabled: true, emailVerified: false },
    ])
    expect(await events('REGISTER')).toMatchObject([
      {
        clientId: 'web',
        details: { register_method: 'form', username: 'bea', email: 'bea@example.org' },
      },
    ])
    const again = new Browser()
    const signedIn = await again.submit(await realm.begin(again), {
      username: 'bea',
      password: bea.password,
    })
    expect(answerOf(signedIn)).toHaveProperty('code')
  })

  it('says all that is wrong at once, keeps what was typed and makes nobody', async () => {
    const browser = new Browser()
    const wrong = await browser.submit(await form(realm, browser), {
      ...bea,
      username: 'cleo',
      email: 'no address',
      lastName: '',
      password: 'short',
      'password-confirm': 'other',
    })
    expect(wrong.id).toBe('login-register')
    for (const text of [
      'Invalid email address.',
      'Please specify this field.',
      'Invalid password: minimum length 8.',
      "Password confirmation doesn't match.",
    ]) {
      expect(wrong.text).toContain(text)
    }
    expect(wrong.body).toMatch(/name="username" value="cleo"/)
    expect(wrong.body).not.toContain('value="short"')
    expect(await users(realm, 'cleo')).toEqual([])
    const empty = await browser.submit(
      wrong,
      Object.fromEntries(Object.keys(bea).map((k) => [k, ''])),
    )
    expect(empty.text).toContain('Please specify username.')
    expect(empty.text).toContain('Please specify password.')
  })

  it('refuses names that are taken, also to those who ask at once', async () => {
    const browser = new Browser()
    const page = await form(realm, browser)
    const taken = await browser.submit(page, {
      ...bea,
      username: 'ANNA',
      email: 'anna@example.org',
    })
    expect(taken.text).toContain('Username already exists.')
    expect(taken.text).toContain('Email already exists.')
    const pages = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const own = new Browser()
        const mine = await form(realm, own)
        return own.submit(mine, { ...bea, username: 'dora', email: 'dora@example.org' })
      }),
    )
    expect(pages.filter(({ location }) => location !== null)).toHaveLength(1)
    expect(pages.filter(({ id }) => id === 'login-register')).toHaveLength(7)
    expect(await users(realm, 'dora')).toHaveLength(1)
  })

  it('takes nothing from the form but what the profile lets users write', async () => {
    const browser = new Browser()
    const page = await form(realm, browser)
    const action = page.form('kc-register-form').action
    const done = await browser.post(action, {
      ...bea,
      username: 'evil',
      email: 'evil@example.org',
      id: 'chosen',
      enabled: 'false',
      emailVerified: 'true',
      requiredActions: 'X',
      role: 'admin',
      terms_and_conditions: '1',
    })
    expect(answerOf(done)).toHaveProperty('code')
    const [user] = await users(realm, 'evil')
    expect(user).toMatchObject({ enabled: true, emailVerified: false, requiredActions: [] })
    expect(user).not.toHaveProperty('attributes')
    expect(user?.['id']).not.toBe('chosen')
  })

  it('is reached by its own endpoint and by prompt=create', async () => {
    const query = new URLSearchParams({
      client_id: 'web',
      redirect_uri: webRedirect,
      response_type: 'code',
      scope: 'openid',
    })
    const direct = await new Browser().get(
      `${realm.url}/protocol/openid-connect/registrations?${query}`,
    )
    expect(direct.id).toBe('login-register')
    const created = await realm.begin(new Browser(), { prompt: 'create', login_hint: 'hint' })
    expect(created.id).toBe('login-register')
    expect(created.body).toMatch(/name="username" value="hint"/)
    const both = await realm.begin(new Browser(), { prompt: 'create login' })
    expect(both.id).toBe('login-login')
  })

  it('leads back to the login', async () => {
    const browser = new Browser()
    const back = await browser.click(await form(realm, browser), /login-actions\/authenticate/)
    expect(back.id).toBe('login-login')
    expect(answerOf(await browser.submit(back, anna))).toHaveProperty('code')
  })

  it('does not carry what one flow has proved into another', async () => {
    const browser = new Browser()
    const page = await form(realm, browser)
    const action = new URL(page.form('kc-register-form').action)
    action.pathname = action.pathname.replace('registration', 'authenticate')
    const mixed = await browser.post(action, anna)
    expect(mixed.id).toBe('login-login-page-expired')
  })

  it('makes the new user another session than that of whoever is signed in', async () => {
    const browser = await realm.signIn()
    const page = await realm.begin(browser, { prompt: 'create' })
    const fresh = { ...bea, username: 'emma', email: 'emma@example.org' }
    expect(answerOf(await browser.submit(page, fresh))).toHaveProperty('code')
    const sessions = (await realm.send(
      `/users/${await realm.userId()}/sessions`,
      'GET',
    )) as unknown[]
    expect(sessions.length).toBeGreaterThan(0)
    const emma = (await users(realm, 'emma'))[0]?.['id']
    expect(await realm.send(`/users/${emma}/sessions`, 'GET')).toHaveLength(1)
  })

  it('is refused where the realm does not allow it', async () => {
    const closed = await realms.create('closed')
    const browser = new Browser()
    const page = await closed.begin(browser)
    expect(page.body).not.toContain('login-actions/registration')
    const address = page.form('kc-form-login').action.replace('/authenticate?', '/registration?')
    for (const refused of [
      await browser.get(address),
      await browser.post(address, bea),
      await closed.begin(browser, { prompt: 'create' }),
    ]) {
      expect(refused.status).toBe(400)
      expect(refused.text).toContain('Registration not allowed')
    }
  })

  it('takes the address as the name where the realm says so', async () => {
    const mails = await realms.create('mails', {
      registrationAllowed: true,
      registrationEmailAsUsername: true,
    })
    const browser = new Browser()
    const page = await form(mails, browser)
    expect(page.form('kc-register-form').controls.some(({ name }) => name === 'username')).toBe(
      false,
    )
    const { username: _, ...rest } = bea
    expect(
      answerOf(await browser.submit(page, { ...rest, email: 'Fay@Example.org' })),
    ).toHaveProperty('code')
    expect(await users(mails, 'fay@example.org')).toHaveLength(1)
    const other = new Browser()
    const twice = await other.submit(await form(mails, other), {
      ...rest,
      email: 'fay@example.org',
    })
    expect(twice.text).toContain('Email already exists.')
  })

  it('asks for consent to the terms where the flow does', async () => {
    const terms = await realms.create('with-terms', { registrationAllowed: true })
    await terms.requireExecution('registration form', 'registration-terms-and-conditions')
    const browser = new Browser()
    const page = await form(terms, browser)
    const refused = await browser.submit(page, bea)
    expect(refused.text).toContain('You must agree to our terms and conditions.')
    expect(await users(terms, 'bea')).toEqual([])
    expect(answerOf(await browser.submit(refused, { ...bea, termsAccepted: 'on' }))).toHaveProperty(
      'code',
    )
  })

  it('lets nobody in where its form has a captcha without keys', async () => {
    const guarded = await realms.create('guarded', { registrationAllowed: true })
    await guarded.requireExecution('registration form', 'registration-recaptcha-action')
    const browser = new Browser()
    const refused = await browser.submit(await form(guarded, browser), bea)
    expect(refused.text).toContain('Recaptcha is required, but not configured')
    expect(await users(guarded, 'bea')).toEqual([])
  })
})
