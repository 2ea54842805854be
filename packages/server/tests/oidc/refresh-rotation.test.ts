import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { claimsOf, OidcRealm } from './oidc-realm.ts'

describe('refresh tokens of a realm that revokes used ones', () => {
  let realm: OidcRealm

  beforeAll(async () => {
    realm = await OidcRealm.start({
      revokeRefreshToken: true,
      refreshTokenMaxReuse: 0,
      clients: [{ clientId: 'web', publicClient: true }],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const refresh = (token: string) =>
    realm.token({ grant_type: 'refresh_token', client_id: 'web', refresh_token: token })
  const grace = (seconds: string) =>
    realm.administer('PUT', '', { attributes: { refreshTokenGracePeriod: seconds } })

  // RFC 9700 §4.14.2
  it('give the same successor again for ten seconds, also to many at once', async () => {
    const first = (await realm.password('web')).body.refresh_token
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(first)))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    const ids = new Set(answers.map(({ body }) => claimsOf(body.refresh_token)['jti']))
    expect(ids.size).toBe(1)
    const next = answers[9]?.body.refresh_token
    const third = (await refresh(next)).body.refresh_token
    expect((await refresh(first)).body.error_description).toBe('Stale token')
    expect((await refresh(third)).status).toBe(400)
  })

  // RFC 9700 §4.14.2
  it('are refused at their second use where the realm wants no grace', async () => {
    await grace('0')
    const tokens = [(await realm.password('web')).body.refresh_token]
    for (let count = 0; count < 4; count += 1) {
      tokens.push((await refresh(tokens.at(-1))).body.refresh_token)
    }
    // All of them were issued within the same second or two.
    expect((await refresh(tokens[2])).body.error_description).toBe('Stale token')
  })

  // RFC 9700 §4.14.2
  it('are refused when nobody knows their place any more', async () => {
    const browser = new Browser()
    const login = async () =>
      (await realm.redeem('web', await realm.code('web', {}, browser))).body.refresh_token
    const first = await login()
    expect((await refresh(first)).status).toBe(200)
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    // Exactly as many as it takes to forget the first one: a later token of the same second would be refused with it.
    for (let count = 0; count < 20; count += 1)
      expect((await refresh(await login())).status).toBe(200)
    expect((await refresh(first)).body.error_description).toBe('Stale token')
  })
})
