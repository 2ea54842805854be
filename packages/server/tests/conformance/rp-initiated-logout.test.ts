import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from '../harness/browser.ts'
import { issuer, postLogoutRedirectUri, RelyingParty } from './relying-party.ts'

/** What the modules of the plan "OpenID Connect RP-Initiated Logout" check, by their names. */
describe('conformance: RP-initiated logout', () => {
  let party: RelyingParty
  let hint: string
  beforeAll(async () => {
    party = await RelyingParty.start()
  })
  afterAll(() => party?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    party.browser = party.newBrowser()
    hint = (await party.login()).tokens.id_token
  })

  const endSession = (parameters: Readonly<Record<string, string>>): Promise<Page> => {
    const url = new URL(`${issuer}/protocol/openid-connect/logout`)
    url.search = new URLSearchParams(parameters).toString()
    return party.browser.get(url)
  }
  const confirmed = async (page: Page): Promise<Page> =>
    page.id === 'login-logout-confirm'
      ? party.browser.submit(page, {}, { button: 'confirmLogout' })
      : page
  const expectLoggedOut = async (): Promise<void> => {
    expect(await party.authorizationError({ prompt: 'none' })).toBe('login_required')
  }

  it('oidcc-rp-initiated-logout-discovery-endpoint-verification', async () => {
    const answer = await party.get(`${issuer}/.well-known/openid-configuration`)
    const metadata = JSON.parse(answer.body) as Record<string, string>
    expect(metadata['end_session_endpoint']).toBe(`${issuer}/protocol/openid-connect/logout`)
  })

  // OpenID Connect RP-Initiated Logout §2
  it('oidcc-rp-initiated-logout', async () => {
    const page = await endSession({
      id_token_hint: hint,
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    })
    expect(page.location?.href).toBe(`${postLogoutRedirectUri}?state=state-1`)
    await expectLoggedOut()
  })

  it('oidcc-rp-initiated-logout by POST', async () => {
    const page = await party.browser.post(`${issuer}/protocol/openid-connect/logout`, {
      id_token_hint: hint,
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    })
    expect(page.location?.href).toBe(`${postLogoutRedirectUri}?state=state-1`)
    await expectLoggedOut()
  })

  it('oidcc-rp-initiated-logout-no-state', async () => {
    const page = await endSession({
      id_token_hint: hint,
      post_logout_redirect_uri: postLogoutRedirectUri,
    })
    expect(page.location?.href).toBe(postLogoutRedirectUri)
    await expectLoggedOut()
  })

  it('oidcc-rp-initiated-logout-no-post-logout-redirect-uri', async () => {
    const page = await confirmed(await endSession({ id_token_hint: hint, state: 'state-1' }))
    expect(page.location).toBeNull()
    expect(page.status).toBe(200)
    await expectLoggedOut()
  })

  it.each([
    ['oidcc-rp-initiated-logout-no-params', {}],
    ['oidcc-rp-initiated-logout-only-state', { state: 'state-1' }],
  ] as [string, Record<string, string>][])('%s', async (_module, parameters) => {
    const page = await confirmed(await endSession(parameters))
    expect(page.location).toBeNull()
    expect(page.status).toBe(200)
    await expectLoggedOut()
  })

  // OpenID Connect RP-Initiated Logout §3, §4
  it('oidcc-rp-initiated-logout-bad-post-logout-redirect-uri', async () => {
    const page = await endSession({
      id_token_hint: hint,
      post_logout_redirect_uri: `${postLogoutRedirectUri}/other`,
      state: 'state-1',
    })
    expectRefusal(page)
  })

  // OpenID Connect RP-Initiated Logout §3
  it('oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri', async () => {
    const page = await endSession({
      id_token_hint: hint,
      post_logout_redirect_uri: `${postLogoutRedirectUri}?foo=bar`,
      state: 'state-1',
    })
    expectRefusal(page)
  })

  // OpenID Connect RP-Initiated Logout §4
  it('oidcc-rp-initiated-logout-modified-id-token-hint', async () => {
    const [header, payload, signature = ''] = hint.split('.')
    const changed = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const page = await endSession({
      id_token_hint: `${header}.${payload}.${changed}`,
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    })
    expectRefusal(page)
  })

  // OpenID Connect RP-Initiated Logout §4
  it('oidcc-rp-initiated-logout-bad-id-token-hint', async () => {
    const page = await endSession({
      id_token_hint: 'bad.id.token',
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    })
    expectRefusal(page)
  })

  // OpenID Connect RP-Initiated Logout §2
  it('oidcc-rp-initiated-logout-no-id-token-hint', async () => {
    const page = await endSession({
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    })
    expectRefusal(page)
  })
})

/** The user is told at the provider, and nobody is sent anywhere. */
function expectRefusal(page: Page): void {
  expect(page.location).toBeNull()
  expect(page.status).toBe(400)
  expect(page.id).toBe('login-error')
}
