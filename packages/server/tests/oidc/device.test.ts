import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser, type Page } from '../harness/browser.ts'
import { signIn } from '../harness/login.ts'
import { claimsOf, OidcRealm } from './oidc-realm.ts'

const grant = 'urn:ietf:params:oauth:grant-type:device_code'
const anna = { username: 'anna', password: 'pw' }

describe('device authorization (RFC 8628)', () => {
  let realm: OidcRealm

  beforeAll(async () => {
    const devices = { 'oauth2.device.authorization.grant.enabled': 'true' }
    const quick = { 'oauth2.device.polling.interval': '1' }
    realm = await OidcRealm.start({
      clients: [
        {
          clientId: 'tv',
          name: 'TV app',
          publicClient: true,
          attributes: { ...devices, ...quick },
        },
        { clientId: 'box', secret: 's', attributes: devices },
        { clientId: 'web', publicClient: true },
        {
          clientId: 'strict',
          publicClient: true,
          attributes: { ...devices, 'pkce.code.challenge.method': 'S256' },
        },
      ],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const start = async (form: Record<string, string> = {}) =>
    (await realm.post('auth/device', { client_id: 'tv', scope: 'openid', ...form })).body as {
      device_code: string
      user_code: string
      verification_uri: string
      verification_uri_complete: string
      expires_in: number
      interval: number
    }
  const poll = (device_code: string, form: Record<string, string> = {}) =>
    realm.token({ grant_type: grant, client_id: 'tv', device_code, ...form })
  const refusal = async (device_code: string, form: Record<string, string> = {}) => {
    const { status, body } = await poll(device_code, form)
    return `${status} ${body.error} ${body.error_description}`
  }
  /** Signs in behind a code and answers the page that asks for consent. */
  async function decide(url: string, button: string, browser = new Browser()): Promise<Page> {
    const page = await signIn(browser, await browser.get(url), anna)
    expect(page.text).toContain('TV app')
    const values = { [button]: button === 'accept' ? 'Yes' : 'No' }
    return await browser.submit(page, values, {})
  }

  // RFC 8628 §3.4, §3.5
  it('gives the device tokens once its user has signed in and agreed', async () => {
    const { device_code, user_code, verification_uri, verification_uri_complete } = await start()
    expect(user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/)
    expect(verification_uri).toBe(`${realm.url}/device`)
    expect(await refusal(device_code)).toBe(
      '400 authorization_pending The authorization request is still pending',
    )
    expect(await refusal(device_code)).toBe('400 slow_down Slow down')
    const browser = new Browser()
    const done = await decide(verification_uri_complete, 'accept', browser)
    expect(done.text).toContain('go back to your device')
    const answers = await Promise.all(Array.from({ length: 5 }, () => poll(device_code)))
    const granted = answers.filter(({ status }) => status === 200)
    expect(granted).toHaveLength(1)
    const body = granted[0]?.body
    expect(claimsOf(body.access_token)).toMatchObject({ azp: 'tv', sid: body.session_state })
    expect(claimsOf(body.id_token)['jti']).toBeDefined()
    expect(await refusal(device_code)).toBe('400 invalid_grant Device code not valid')
    const refreshed = await realm.token({
      grant_type: 'refresh_token',
      client_id: 'tv',
      refresh_token: body.refresh_token,
    })
    expect(refreshed.status).toBe(200)
  })

  // RFC 8628 §5.4
  it('asks each time, also who is signed in already', async () => {
    const browser = new Browser()
    await decide((await start()).verification_uri_complete, 'accept', browser)
    const second = await start()
    const page = await browser.get(second.verification_uri_complete)
    expect(page.text).toContain('TV app')
    expect(await refusal(second.device_code)).toMatch(/authorization_pending/)
  })

  // RFC 8628 §3.5
  it('tells the device that its user has refused', async () => {
    const { device_code, verification_uri_complete } = await start()
    await decide(verification_uri_complete, 'cancel')
    expect(await refusal(device_code)).toBe(
      '400 access_denied The end user denied the authorization request',
    )
  })

  // RFC 8628 §6.1
  it('takes a typed code in any spelling, and says when it is wrong', async () => {
    const { user_code, verification_uri } = await start()
    const browser = new Browser()
    const form = await browser.get(verification_uri)
    const wrong = await browser.submit(form, { device_user_code: 'AAAA-BBBB' }, {})
    expect(wrong.text).toContain('Invalid code, please try again.')
    const typed = user_code.replace('-', ' ').toLowerCase()
    const login = await browser.submit(wrong, { device_user_code: typed }, {})
    expect(login.forms.map(({ id }) => id)).toContain('kc-form-login')
  })

  // RFC 8628 §5.1
  it('lets a code be guessed a few times only', async () => {
    const post = async () => {
      const body = new URLSearchParams({ device_user_code: 'BBBB-BBBB' })
      return await realm.send(`${realm.url}/device`, { method: 'POST', body })
    }
    for (let count = 0; count < 25; count += 1) await post()
    const { verification_uri_complete } = await start()
    const page = await realm.send(verification_uri_complete)
    expect(page.body).toContain('Invalid code')
  })

  // RFC 8628 §3.4
  it('refuses codes of others, and what is no code', async () => {
    const { device_code } = await start()
    const box = { client_id: 'box', client_secret: 's' }
    expect(await refusal(device_code, box)).toBe('400 invalid_grant unauthorized client')
    expect(await refusal('nope')).toBe('400 invalid_grant Device code not valid')
    const none = await realm.token({ grant_type: grant, client_id: 'tv' })
    expect(none.body.error_description).toBe('Missing parameter: device_code')
    const off = await realm.post('auth/device', { client_id: 'web' })
    expect([off.status, off.body.error]).toEqual([400, 'unauthorized_client'])
    const wrong = await realm.post('auth/device', { client_id: 'box', client_secret: 'x' })
    expect([wrong.status, wrong.body.error]).toEqual([401, 'unauthorized_client'])
  })

  // RFC 8628 §3.5
  it('says of a code that its time is over', async () => {
    const { device_code, expires_in, interval } = await start(box)
    expect([expires_in, interval]).toEqual([600, 5])
    await realm.server.database.query(
      `UPDATE single_use_object SET notes = jsonb_set(notes, '{expiresAt}', '1')
       WHERE id LIKE 'device.%'`,
    )
    expect(await refusal(device_code, box)).toBe('400 expired_token Device code is expired')
  })
  const box = { client_id: 'box', client_secret: 's' }
})
