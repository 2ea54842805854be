import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { anna, answerOf, type SmallRealm, SmallRealms, webRedirect } from './small-realm.ts'

/** What the addresses of a tab say of its request. */
const clientData = (data: Record<string, string>) =>
  Buffer.from(JSON.stringify(data)).toString('base64url')

const expired = {
  error: 'temporarily_unavailable',
  error_description: 'authentication_expired',
}

let realms: SmallRealms
beforeAll(async () => {
  realms = await SmallRealms.start()
})
afterAll(async () => {
  await realms[Symbol.asyncDispose]()
})

describe('an address of a login that nobody has begun', () => {
  let realm: SmallRealm
  beforeAll(async () => {
    realm = await realms.create('doors')
  })

  const action = (name: string, parameters: Record<string, string>) =>
    `${realm.url}/login-actions/${name}?${new URLSearchParams(parameters)}`

  it.each([
    ['a code', { rt: 'code' }],
    ['tokens in the fragment', { rt: 'token', rm: 'fragment' }],
    ['tokens in the query', { rt: 'id_token token', rm: 'query' }],
    ['tokens by form', { rt: 'code id_token token', rm: 'form_post' }],
  ])('never gives out %s, signed in or not', async (_what, data) => {
    for (const signedIn of [false, true]) {
      const browser = signedIn ? await realm.signIn() : new Browser()
      // Leaves the cookies of a login of another client behind.
      await realm.begin(browser, { prompt: 'login' }, 'other')
      const sent = { ru: webRedirect, st: 'made-up', ...data }
      const page = await browser.get(
        action('authenticate', { client_id: 'web', tab_id: 'x', client_data: clientData(sent) }),
      )
      const text = page.location === null ? page.body : page.location.href
      expect(text).toContain('temporarily_unavailable')
      expect(text).not.toMatch(/code=|token=|"code"|"access_token"/)
    }
  })

  it('is an error where the client would not be answered there', async () => {
    const browser = await realm.signIn()
    await realm.begin(browser, { prompt: 'login' }, 'other')
    for (const ru of ['http://evil.example.org/', 'javascript:alert(1)']) {
      const page = await browser.get(
        action('authenticate', {
          client_id: 'web',
          tab_id: 'x',
          client_data: clientData({ ru, rt: 'code' }),
        }),
      )
      expect(page.location).toBeNull()
      expect(page.id).toMatch(/login-(?:error|info)/)
    }
  })

  it('does not sign anybody out: restart asks for a page of the tab', async () => {
    const browser = await realm.signIn()
    await realm.begin(browser, { prompt: 'login' })
    const none = await browser.get(action('restart', {}))
    expect(none.status).toBe(400)
    await browser.get(action('restart', { client_id: 'web' }))
    await browser.get(action('restart', { client_id: 'web', tab_id: 'made-up' }))
    expect(answerOf(await realm.begin(browser, { prompt: 'none' }))).toHaveProperty('code')
    const stranger = await new Browser().get(action('restart', {}))
    expect(stranger.status).toBe(400)
  })

  it('goes back to the application from an old page of somebody who is signed in', async () => {
    const browser = new Browser()
    const page = await realm.begin(browser, { state: 'one' })
    await browser.submit(await realm.begin(browser, {}, 'other'), anna)
    const address = new URL(page.form('kc-form-login').action)
    address.searchParams.set('session_code', 'gone')
    expect(answerOf(await browser.post(address, anna))).toMatchObject({ ...expired, state: 'one' })
  })
})

describe('a login whose client changes while it is under way', () => {
  it('does not end at an address that was taken away', async () => {
    const realm = await realms.create('moved')
    const browser = new Browser()
    const page = await realm.begin(browser)
    await realm.changeClient('web', { redirectUris: ['http://elsewhere.example.org/cb'] })
    const refused = await browser.submit(page, anna)
    expect(refused.status).toBe(400)
    expect(refused.location).toBeNull()
    expect(refused.text).toContain('Invalid parameter: redirect_uri')
    expect(await realm.begin(browser)).toMatchObject({ status: 400 })
  })

  it('tells the client where its flow was switched off', async () => {
    const realm = await realms.create('switched-off')
    const browser = new Browser()
    const page = await realm.begin(browser)
    await realm.changeClient('web', { standardFlowEnabled: false })
    expect(answerOf(await browser.submit(page, anna))).toMatchObject({
      error: 'unauthorized_client',
    })
  })

  it('asks again what it asked when the login is started over from the cookie', async () => {
    const realm = await realms.create('checked-again')
    const browser = new Browser()
    const page = await realm.begin(browser)
    await realm.changeClient('web', { attributes: { 'pkce.code.challenge.method': 'S256' } })
    const address = new URL(page.form('kc-form-login').action)
    address.searchParams.delete('session_code')
    expect(answerOf(await browser.get(address))).toMatchObject({
      error: 'invalid_request',
      error_description: 'Missing parameter: code_challenge_method',
    })
  })
})

describe('a request that did not come as its client has to send it', () => {
  const mustPush = { 'require.pushed.authorization.requests': 'true' }
  /** An object without a signature, which a client may send unless it says otherwise. */
  const object = new UnsecuredJWT({ redirect_uri: webRedirect, response_type: 'code' }).encode()

  it.each([
    ['pushed', {}, mustPush],
    ['by object', {}, { 'request.object.required': 'request only' }],
    ['by either form', {}, { 'request.object.required': 'request or request_uri' }],
    ['by address', { request: object }, { 'request.object.required': 'request_uri only' }],
    ['signed', { request: object }, { 'request.object.signature.alg': 'RS256' }],
    ['encrypted', { request: object }, { 'request.object.encryption.alg': 'RSA-OAEP' }],
  ])('starts nothing again, and ends nothing: %s', async (name, sent, attributes) => {
    const realm = await realms.create(`form-${name.replaceAll(' ', '-')}`)
    const browser = new Browser()
    const other = new Browser()
    const page = await realm.begin(browser, { ...sent, state: 'one' })
    const address = new URL((await realm.begin(other, sent)).form('kc-form-login').action)
    await realm.changeClient('web', { attributes })
    const ended = answerOf(await browser.submit(page, anna))
    expect(ended).toMatchObject({ error: 'invalid_request', state: 'one' })
    expect(ended).not.toHaveProperty('code')
    const restart = new URL(address.href.replace('/authenticate', '/restart'))
    expect(answerOf(await other.get(restart))).toMatchObject({ error: 'invalid_request' })
    address.searchParams.delete('session_code')
    expect(answerOf(await other.get(address))).toMatchObject({ error: 'invalid_request' })
  })

  it('still leads back with the error of an address that nobody has begun', async () => {
    const realm = await realms.create('form-error', {}, { attributes: mustPush })
    const browser = new Browser()
    await realm.begin(browser, {}, 'other')
    const query = new URLSearchParams({
      ...{ client_id: 'web', tab_id: 'x' },
      client_data: clientData({ ru: webRedirect, rt: 'code', st: 'made-up' }),
    })
    const page = await browser.get(`${realm.url}/login-actions/authenticate?${query}`)
    expect(answerOf(page)).toMatchObject({ ...expired, state: 'made-up' })
  })

  it('goes on where it came like that', async () => {
    const realm = await realms.create('form-good')
    const pushed = await fetch(`${realm.url}/protocol/openid-connect/ext/par/request`, {
      method: 'POST',
      body: new URLSearchParams({
        ...{ client_id: 'web', response_type: 'code', scope: 'openid' },
        redirect_uri: webRedirect,
      }),
    })
    const { request_uri } = (await pushed.json()) as { request_uri: string }
    const byObject = new Browser()
    const plain = await realm.begin(byObject, { request: object })
    await realm.changeClient('web', { attributes: { 'request.object.required': 'request only' } })
    expect(answerOf(await byObject.submit(plain, anna))).toHaveProperty('code')
    const attributes = { ...mustPush, 'request.object.required': '' }
    await realm.changeClient('web', { attributes })
    const byPush = new Browser()
    const page = await realm.begin(byPush, { request_uri })
    const address = new URL(page.form('kc-form-login').action)
    address.searchParams.delete('session_code')
    const again = await byPush.get(address)
    expect(answerOf(await byPush.submit(again, anna))).toHaveProperty('code')
  })
})

describe('a page of a login that took too long', () => {
  it('starts the login again, which ends at the application', async () => {
    const realm = await realms.create('slow', {
      accessCodeLifespanLogin: 1,
      accessCodeLifespanUserAction: 1,
    })
    const browser = new Browser()
    const page = await realm.begin(browser, { state: 'kept' })
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const again = await browser.submit(page, anna)
    expect(again.id).toBe('login-login')
    expect(again.text).toContain('Your login attempt timed out.')
    const done = answerOf(await browser.submit(again, anna))
    expect(done).toMatchObject({ state: 'kept' })
    expect(done).toHaveProperty('code')
  })
})

describe('a login that an SSO session proves', () => {
  const asksForConsent = { consentRequired: true }

  it.each(['its own logout', 'an administrator'])(
    'does not outlive it: ended by %s',
    async (by) => {
      const realm = await realms.create(`ended-${by.replaceAll(' ', '-')}`, {}, asksForConsent)
      const browser = new Browser()
      await browser.submit(await realm.begin(browser, {}, 'other'), anna)
      const consent = await realm.begin(browser)
      expect(consent.id).toBe('login-login-oauth-grant')
      if (by === 'an administrator') {
        await realm.send(`/users/${await realm.userId()}/logout`, 'POST')
      } else {
        const asked = await browser.get(`${realm.url}/protocol/openid-connect/logout`)
        await browser.submit(asked, {}, { button: 'confirmLogout' })
      }
      const after = await browser.submit(consent, {}, { button: 'accept' })
      expect(after.id).toBe('login-login')
      expect(after.location).toBeNull()
      expect(answerOf(await realm.begin(browser, { prompt: 'none' }))).toMatchObject({
        error: 'login_required',
      })
    },
  )
})

describe('somebody who starts over as somebody else', () => {
  it('is signed out of every application, which are told', async () => {
    const told: string[] = []
    const application = createServer((request, response) => {
      request.setEncoding('utf8')
      request.on('data', (text: string) => told.push(text))
      request.on('end', () => response.writeHead(204).end())
    })
    await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
    try {
      const { port } = application.address() as AddressInfo
      const realm = await realms.create(
        'telling',
        {},
        { attributes: { 'backchannel.logout.url': `http://127.0.0.1:${port}/` } },
      )
      const browser = new Browser()
      const { code = '' } = answerOf(await browser.submit(await realm.begin(browser), anna))
      await fetch(`${realm.url}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: 'web',
          redirect_uri: webRedirect,
          code,
        }),
      })
      const page = await realm.begin(browser, { prompt: 'login' })
      const again = await browser.click(page, /login-actions\/restart/)
      expect(again.id).toBe('login-login')
      expect(told.join()).toContain('logout_token=')
    } finally {
      application.close()
    }
  })
})

describe('a flow that asks for a code only sometimes', () => {
  it('goes on to the next step where none is asked for', async () => {
    const execution = (authenticator: string, priority: number, config?: string) => ({
      authenticator,
      authenticatorFlow: false,
      requirement: 'REQUIRED',
      priority,
      userSetupAllowed: false,
      ...(config === undefined ? {} : { authenticatorConfig: config }),
    })
    const flow = {
      alias: 'sometimes',
      providerId: 'basic-flow',
      topLevel: true,
      builtIn: false,
      authenticationExecutions: [
        execution('auth-username-form', 10),
        execution('auth-conditional-otp-form', 20, 'skip'),
        execution('auth-password-form', 30),
      ],
    }
    const realm = await realms.create('sometimes', {
      authenticationFlows: [flow],
      authenticatorConfig: [{ alias: 'skip', config: { defaultOtpOutcome: 'skip' } }],
      browserFlow: 'sometimes',
    })
    const browser = new Browser()
    const asked = await browser.submit(await realm.begin(browser), { username: anna.username })
    expect(asked.id).toBe('login-login-password')
    const done = answerOf(await browser.submit(asked, { password: anna.password }))
    expect(done).toHaveProperty('code')
  })
})
