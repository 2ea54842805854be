import { createRemoteJWKSet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

const jwtAnswer = 'application/token-introspection+jwt'

describe('introspection', () => {
  let realm: OidcRealm
  let token: string

  beforeAll(async () => {
    const audience = mapper('oidc-audience-mapper', { 'included.client.audience': 'api' })
    realm = await OidcRealm.start({
      clients: [
        { clientId: 'web', publicClient: true, protocolMappers: [audience] },
        {
          clientId: 'api',
          secret: 's',
          attributes: {
            'client.introspection.response.allow.jwt.claim.enabled': 'true',
            'introspection.signed.response.alg': 'ES256',
          },
        },
      ],
    })
    token = (await realm.password('web')).body.access_token
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const ask = (accept: string, text = token) =>
    realm.post(
      'token/introspect',
      { client_id: 'api', client_secret: 's', token: text },
      { accept },
    )
  const verified = async (text: string, typ: string) => {
    const keys = createRemoteJWKSet(new URL(realm.endpoint('certs')))
    return await jwtVerify(text, keys, { issuer: realm.url, typ })
  }

  // RFC 9701 §4, §5
  it('is a JWT for the resource server that asks for one', async () => {
    const answer = await ask(jwtAnswer)
    expect(answer.headers.get('content-type')).toContain(jwtAnswer)
    const { payload, protectedHeader } = await verified(answer.body, 'token-introspection+jwt')
    expect(protectedHeader.alg).toBe('ES256')
    expect(payload).toMatchObject({
      aud: 'api',
      token_introspection: { active: true, username: 'anna', client_id: 'web' },
    })
    expect(payload).not.toHaveProperty('sub')
  })

  // RFC 9701 §5, RFC 7662 §2.2
  it('says no more than that a token is not active', async () => {
    const { payload } = await verified((await ask(jwtAnswer, 'x')).body, 'token-introspection+jwt')
    expect(payload['token_introspection']).toEqual({ active: false })
    expect((await ask('application/json', 'x')).body).toEqual({ active: false })
  })

  it('carries the token for who may have it as a JWT', async () => {
    const { body } = await ask('application/jwt')
    expect(body).toMatchObject({ active: true, username: 'anna' })
    const claims = claimsOf(body.jwt)
    expect(claims).toMatchObject({ azp: 'web', preferred_username: 'anna' })
    for (const name of ['active', 'client_id', 'username', 'token_type']) {
      expect(claims).not.toHaveProperty(name)
    }
    expect((await ask('application/json')).body).not.toHaveProperty('jwt')
  })
})
