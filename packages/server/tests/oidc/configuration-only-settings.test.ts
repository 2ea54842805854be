import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

const secret = 's'.repeat(32)
const redirectUri = 'http://127.0.0.1:3000/cb'

/** See docs/reference/configuration-only.md. */
describe('a client that needs what is configuration only', () => {
  let realm: OidcRealm
  beforeAll(async () => {
    const service = { serviceAccountsEnabled: true, secret }
    const attributes = {
      'oauth2.jwt.authorization.grant.enabled': 'true',
    }
    realm = await OidcRealm.start({
      clients: [
        { ...service, clientId: 'federated', clientAuthenticatorType: 'federated-jwt' },
        { ...service, clientId: 'granted', attributes },
        { clientId: 'sp', protocol: 'saml', redirectUris: [redirectUri] },
      ],
    })
  })
  afterAll(async () => await realm?.[Symbol.asyncDispose]())

  it('cannot authenticate as federated, and the log says why', async () => {
    const id = 'federated'
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
    for (const _ of [1, 2]) {
      const { status, body } = await realm.token(form)
      expect([status, body.access_token]).toEqual([401, undefined])
    }
    const lines = realm.server.server.log.split(`client ${id} cannot authenticate`)
    expect(lines.length).toBe(2)
  })

  it.each(['urn:ietf:params:oauth:grant-type:jwt-bearer'])('gets nothing by %s', async (type) => {
    const form = { grant_type: type, client_id: 'granted', client_secret: secret }
    const { status, body } = await realm.token({ ...form, assertion: 'a' })
    expect([status, body.error]).toEqual([400, 'unsupported_grant_type'])
  })

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
