import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminSession } from '../admin/administrator.ts'
import { Browser } from '../harness/browser.ts'
import { OidcRealm } from './oidc-realm.ts'

const secret = 's'
const job = { client_id: 'job', client_secret: secret }

interface Found {
  readonly id: string
}

describe('what was issued before "not before"', () => {
  let realm: OidcRealm
  beforeAll(async () => {
    realm = await OidcRealm.start({
      clients: [
        {
          clientId: 'web',
          publicClient: true,
          attributes: { 'standard.token.exchange.enabled': 'true' },
        },
        {
          clientId: 'job',
          secret,
          attributes: { 'standard.token.exchange.enabled': 'true' },
          protocolMappers: [
            {
              ...{ name: 'aud', protocol: 'openid-connect' },
              protocolMapper: 'oidc-audience-mapper',
              config: { 'included.client.audience': 'job', 'access.token.claim': 'true' },
            },
          ],
        },
      ],
      users: [
        {
          ...{ username: 'boss', email: 'boss@example.org', firstName: 'B', lastName: 'O' },
          enabled: true,
          credentials: [{ type: 'password', value: 'pw' }],
          clientRoles: { 'realm-management': ['realm-admin'], account: ['manage-account'] },
        },
      ],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const boss = { username: 'boss', password: 'pw' }
  const first = async (path: string): Promise<Found & Record<string, unknown>> =>
    [(await realm.administer('GET', path)).body].flat()[0]

  /** Every way in which a token is believed. @returns those that believe this one */
  async function believers(tokens: Readonly<Record<string, string>>): Promise<string[]> {
    const { access_token = '', refresh_token = '' } = tokens
    const bearer = { authorization: `Bearer ${access_token}` }
    const exchange = {
      ...{ ...job, grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' },
      subject_token: access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    }
    const account = await realm.send(`${realm.url}/account/`, {
      headers: { ...bearer, accept: 'application/json' },
    })
    const admin = new AdminSession(realm.server.url, access_token)
    const tried: Readonly<Record<string, boolean>> = {
      userinfo: (await realm.send(realm.endpoint('userinfo'), { headers: bearer })).status === 200,
      introspection: (await realm.post('token/introspect', { ...job, token: access_token })).body
        .active,
      'introspection of the refresh token': (
        await realm.post('token/introspect', {
          ...{ ...job, token: refresh_token },
          token_type_hint: 'refresh_token',
        })
      ).body.active,
      'account API': account.status === 200,
      'Admin REST': (await admin.send(`/admin/realms/${realm.name}/users`)).status === 200,
      'token exchange': (await realm.token(exchange)).status === 200,
      refresh:
        (await realm.token({ ...job, grant_type: 'refresh_token', refresh_token })).status === 200,
    }
    return Object.keys(tried).filter((name) => tried[name])
  }

  async function passively(browser: Browser): Promise<string | null> {
    const answer = await realm.authorize('web', { prompt: 'none' }, browser).catch(() => null)
    return answer === null ? 'asked' : (answer.get('error') ?? 'signed in')
  }

  const everywhere = [
    ...['userinfo', 'introspection', 'introspection of the refresh token', 'account API'],
    ...['Admin REST', 'token exchange', 'refresh'],
  ]
  /** The last "not before" that was set, seconds since the epoch: what is issued before it counts for nothing. */
  let notBefore = 0
  function soon(): number {
    notBefore = Math.floor(Date.now() / 1_000) + 1
    return notBefore
  }

  /** Sets "not before" of one thing, for what has been issued up to now. */
  const setters = {
    realm: async () => await realm.administer('PUT', '', { notBefore: soon() }),
    client: async () => {
      const client = await first('/clients?clientId=job')
      return await realm.administer('PUT', `/clients/${client.id}`, { notBefore: soon() })
    },
    user: async () => {
      const user = await first('/users?username=boss')
      soon()
      return await realm.administer('POST', `/users/${user.id}/logout`)
    },
  }

  it.each(['client', 'user', 'realm'] as const)('of the %s is believed by nobody', async (what) => {
    // Tokens of the second in which the one before set its "not before" would be refused with reason.
    await sleep(Math.max(0, notBefore * 1_000 - Date.now()))
    const browser = new Browser()
    await realm.authorize('web', {}, browser)
    const { body } = await realm.password('job', { ...boss, client_secret: secret })
    if (what !== 'user') expect(await believers(body)).toEqual(everywhere)
    const before = await realm.password('job', { ...boss, client_secret: secret })
    if (what !== 'user') expect(await passively(browser)).toBe('signed in')
    expect((await setters[what]()).status).toBeLessThan(300)
    expect(await believers(before.body)).toEqual([])
    // The session of anna is the realm's, and no other client's or user's.
    expect(await passively(browser)).toBe(what === 'realm' ? 'login_required' : 'signed in')
  })
})
