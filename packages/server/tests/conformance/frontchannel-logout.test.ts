import { decodeJwt } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer } from '../harness/test-server.ts'
import {
  clientOne,
  issuer,
  personInRealm,
  postLogoutRedirectUri,
  RelyingParty,
  redirectUri,
} from './relying-party.ts'

const logoutUri = 'https://suite.conformance.test/test/a/holdfast/frontchannel_logout'

/** What modules of the plans "Front-Channel Logout" and "Session Management" check, by their names. */
describe('conformance: front-channel logout and session management', () => {
  let party: RelyingParty
  beforeAll(async () => {
    const realm = {
      realm: 'conformance',
      enabled: true,
      clients: [
        {
          clientId: clientOne.client_id,
          secret: clientOne.client_secret,
          redirectUris: [redirectUri],
          frontchannelLogout: true,
          attributes: {
            'post.logout.redirect.uris': postLogoutRedirectUri,
            'frontchannel.logout.url': logoutUri,
            'frontchannel.logout.session.required': 'true',
          },
        },
      ],
      users: [personInRealm],
    }
    const options = ['--proxy-headers=xforwarded']
    party = new RelyingParty(await startTestServer({ options, realms: [realm] }))
  })
  beforeEach(() => {
    party.browser = party.newBrowser()
  })
  afterAll(() => party?.[Symbol.asyncDispose]())

  const metadata = async () =>
    JSON.parse((await party.get(`${issuer}/.well-known/openid-configuration`)).body) as Record<
      string,
      string
    >

  it('oidcc-frontchannel-logout-discovery-endpoint-verification', async () => {
    expect(await metadata()).toMatchObject({
      frontchannel_logout_supported: true,
      frontchannel_logout_session_supported: true,
      end_session_endpoint: `${issuer}/protocol/openid-connect/logout`,
    })
  })

  // OpenID Connect Front-Channel Logout §2, §3
  it('oidcc-frontchannel-rp-initiated-logout', async () => {
    const { tokens } = await party.login()
    const url = new URL(`${issuer}/protocol/openid-connect/logout`)
    url.search = new URLSearchParams({
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'state-1',
    }).toString()
    const page = await party.browser.get(url)
    const { body, headers } = page.answer
    const frame = /<iframe src="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const told = new URL(frame)
    expect(told.origin + told.pathname).toBe(logoutUri)
    expect(told.searchParams.get('iss')).toBe(issuer)
    expect(told.searchParams.get('sid')).toBe(decodeJwt(tokens.id_token)['sid'])
    // The page may show the frame, and goes on to the client by itself, where scripts run as classic ones only.
    expect(headers['content-security-policy']).toContain(told.host)
    expect(body).toContain(`href="${postLogoutRedirectUri}?state=state-1"`)
    expect(body).toContain(
      `<noscript><meta http-equiv="refresh" content="0; url=${postLogoutRedirectUri}?state=state-1"></noscript>`,
    )
    expect(body).toMatch(/<script src="[^"]+frontchannel-logout\.js" defer>/)
    expect(await party.authorizationError({ prompt: 'none' })).toBe('login_required')
  })

  it('oidcc-session-management-discovery-endpoint-verification', async () => {
    const { check_session_iframe: frame = '' } = await metadata()
    const answer = await party.get(frame)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('text/html')
    expect(answer.headers['x-frame-options']).toBeUndefined()
  })

  // OpenID Connect Session Management §2
  it('oidcc-session-management-rp-initiated-logout', async () => {
    const { callback, tokens } = await party.login()
    const state = callback.parameters.get('session_state')
    expect(state).toBe(decodeJwt(tokens.id_token)['sid'])
    const again = await party.login({ prompt: 'none' })
    expect(again.callback.parameters.get('session_state')).toBe(state)
  })
})
