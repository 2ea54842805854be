import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

const redirectUri = 'http://127.0.0.1:3000/cb'

/** See docs/reference/configuration-only.md. */
describe('a client that needs what is configuration only', () => {
  let realm: OidcRealm
  beforeAll(async () => {
    realm = await OidcRealm.start({
      clients: [{ clientId: 'sp', protocol: 'saml', redirectUris: [redirectUri] }],
    })
  })
  afterAll(async () => await realm?.[Symbol.asyncDispose]())

  it('starts no login with another protocol', async () => {
    const query = new URLSearchParams({
      client_id: 'sp',
      response_type: 'code',
      redirect_uri: redirectUri,
    })
    const answer = await fetch(`${realm.url}/protocol/openid-connect/auth?${query}`, {
      redirect: 'manual',
    })
    expect(answer.status).toBe(400)
  })
})
