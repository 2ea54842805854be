import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { claimsOf, OidcRealm } from './oidc-realm.ts'

const origin = 'http://app.example.org'

describe('what applications can read', () => {
  let realm: OidcRealm

  beforeAll(async () => {
    realm = await OidcRealm.start({
      clients: [{ clientId: 'web', publicClient: true, webOrigins: [origin] }],
      attributes: { parRequestUriLifespan: '999999999' },
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const allowed = ({ headers }: { headers: Headers }) => headers.get('access-control-allow-origin')

  // RFC 6749 §5.2
  it.each(['token', 'revoke', 'ext/par/request'])('why %s does not know a client', async (path) => {
    const form = { grant_type: 'password', client_id: 'nope', token: 'x' }
    const answer = await realm.post(path, form, { origin })
    expect(answer.status).toBe(401)
    expect(allowed(answer)).toBe(origin)
  })

  // RFC 6750 §3
  it('why userinfo refuses a token', async () => {
    const refused = await realm.userinfo('x', { origin })
    expect([refused.status, allowed(refused)]).toEqual([401, origin])
    expect(refused.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate')
    const none = await realm.send(realm.endpoint('userinfo'), { headers: { origin } })
    expect([none.status, allowed(none)]).toEqual([401, origin])
    const { body } = await realm.password('web', { scope: 'email' })
    const narrow = await realm.userinfo(body.access_token, { origin })
    expect([narrow.status, allowed(narrow)]).toEqual([403, origin])
  })

  it('why userinfo of a realm with a name in other letters refuses them', async () => {
    const admin = await realm.admin()
    const body = { realm: 'мир', enabled: true }
    expect((await admin.send('/admin/realms', { method: 'POST', body })).status).toBe(201)
    const url = `${realm.server.url}/realms/${encodeURIComponent('мир')}`
    const answer = await realm.send(`${url}/protocol/openid-connect/userinfo`)
    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="%D0%BC%D0%B8%D1%80"')
  })

  // RFC 9126 §2.3
  it('that a pushed request is too long, or that there are too many', async () => {
    const push = (state: string) =>
      realm.post('ext/par/request', {
        client_id: 'web',
        response_type: 'code',
        redirect_uri: 'http://app.example.org/cb',
        state,
      })
    expect((await push('x'.repeat(70_000))).status).toBe(413)
    const kept = await push('x')
    expect(kept.body.expires_in).toBe(3_600)
    let status = 201
    for (let round = 0; round < 40 && status === 201; round += 1) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => push('x')))
      status = Math.max(...answers.map((answer) => answer.status))
    }
    expect(status).toBe(429)
  })

  // OpenID Connect Discovery §3
  it('under the address that a realm has for itself, Admin REST included', async () => {
    const frontendUrl = 'https://sso.example.org/auth/'
    const admin = await realm.admin()
    const mine = {
      realm: 'mine',
      enabled: true,
      attributes: { frontendUrl },
      users: [
        {
          username: 'chief',
          enabled: true,
          credentials: [{ type: 'password', value: 'pw' }],
          clientRoles: { 'realm-management': ['realm-admin'] },
          email: 'chief@example.org',
          firstName: 'Chief',
          lastName: 'Chief',
        },
      ],
    }
    expect((await admin.send('/admin/realms', { method: 'POST', body: mine })).status).toBe(201)
    const url = `${realm.server.url}/realms/mine`
    const { body } = await realm.send(`${url}/.well-known/openid-configuration`)
    const issuer = 'https://sso.example.org/auth/realms/mine'
    expect(body.issuer).toBe(issuer)
    for (const name of ['token_endpoint', 'jwks_uri', 'userinfo_endpoint']) {
      expect(body[name].startsWith(`${issuer}/protocol/openid-connect/`), body[name]).toBe(true)
    }
    const chief = await AdminSession.open(realm.server.url, 'mine', {
      username: 'chief',
      password: 'pw',
    })
    expect((await chief.send('/admin/realms/mine/users')).status).toBe(200)
    const broken = { attributes: { frontendUrl: 'garbage' } }
    await admin.send('/admin/realms/mine', { method: 'PUT', body: broken })
    const page = await realm.send(`${url}/protocol/openid-connect/auth?client_id=account-console`)
    expect(page.status).toBeLessThan(500)
  })

  it('that a refresh token was issued under another name of the server', async () => {
    const { body } = await realm.password('web')
    const other = realm.server.url.replace('127.0.0.1', 'localhost')
    const answer = await realm.send(`${other}/realms/oidc/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'web',
        refresh_token: body.refresh_token,
      }),
    })
    const expected = `${other}/realms/oidc`
    expect(claimsOf(body.refresh_token)['iss']).not.toBe(expected)
    expect(answer.body.error_description).toBe(`Invalid token issuer. Expected '${expected}'`)
  })
})
