import {
  CompactEncrypt,
  compactDecrypt,
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { authorizationUrl } from '../harness/login.ts'
import { claimsOf, OidcRealm } from './oidc-realm.ts'

const redirectUri = 'http://app.example.org/cb'

describe('what clients want signed and encrypted', () => {
  let realm: OidcRealm
  let rsa: Awaited<ReturnType<typeof generateKeyPair>>
  let ec: Awaited<ReturnType<typeof generateKeyPair>>
  let signing: Awaited<ReturnType<typeof generateKeyPair>>

  beforeAll(async () => {
    rsa = await generateKeyPair('RSA-OAEP', { extractable: true })
    ec = await generateKeyPair('ECDH-ES+A256KW', { extractable: true })
    signing = await generateKeyPair('ES256', { extractable: true })
    const key = async (pair: typeof rsa, kid: string, use: string): Promise<JWK> => ({
      ...(await exportJWK(pair.publicKey)),
      kid,
      use,
    })
    const keys = [
      await key(rsa, 'rsa', 'enc'),
      await key(ec, 'ec', 'enc'),
      await key(signing, 'sig', 'sig'),
    ]
    const jwks = { 'use.jwks.string': 'true', 'jwks.string': JSON.stringify({ keys }) }
    const client = (clientId: string, attributes: Record<string, string>, extra: object = {}) => ({
      clientId,
      publicClient: true,
      attributes,
      ...extra,
    })
    realm = await OidcRealm.start({
      clients: [
        client(
          'sealed',
          {
            ...jwks,
            'id.token.encrypted.response.alg': 'RSA-OAEP',
            'id.token.encrypted.response.enc': 'A256GCM',
            'user.info.encrypted.response.alg': 'ECDH-ES+A256KW',
            'authorization.encrypted.response.alg': 'RSA-OAEP',
            'authorization.encrypted.response.enc': 'A128GCM',
          },
          { implicitFlowEnabled: true },
        ),
        client(
          'keyless',
          { 'id.token.encrypted.response.alg': 'RSA-OAEP' },
          { implicitFlowEnabled: true },
        ),
        client('old', { ...jwks, 'id.token.encrypted.response.alg': 'RSA1_5' }),
        client(
          'plain',
          { 'authorization.signed.response.alg': 'ES256' },
          { implicitFlowEnabled: true },
        ),
        client('object', { ...jwks, 'request.object.encryption.alg': 'RSA-OAEP' }),
      ],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const opened = async (text: string, pair: typeof rsa) => {
    const { plaintext, protectedHeader } = await compactDecrypt(text, pair.privateKey)
    return { text: new TextDecoder().decode(plaintext), header: protectedHeader }
  }
  const verified = async (text: string) => {
    const set = createRemoteJWKSet(new URL(realm.endpoint('certs')))
    return (await jwtVerify(text, set, { issuer: realm.url })).payload
  }

  // OpenID Connect Core §10.2
  it('encrypts ID tokens and userinfo with the keys of the client', async () => {
    const { body } = await realm.password('sealed')
    const id = await opened(body.id_token, rsa)
    expect(id.header).toMatchObject({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: 'rsa', cty: 'JWT' })
    expect(await verified(id.text)).toMatchObject({ aud: 'sealed', typ: 'ID' })
    const answer = await realm.userinfo(body.access_token)
    expect(answer.headers.get('content-type')).toContain('application/jwt')
    const info = JSON.parse((await opened(answer.body, ec)).text)
    expect(info).toMatchObject({ preferred_username: 'anna', aud: 'sealed', iss: realm.url })
  })

  // OpenID Connect Core §10.2
  it('gives nothing readable where it cannot encrypt', async () => {
    for (const clientId of ['keyless', 'old']) {
      const { status, body } = await realm.password(clientId)
      expect([status, body.error]).toEqual([400, 'invalid_client'])
      expect(JSON.stringify(body)).not.toContain('eyJ')
    }
    await expect(
      realm.authorize('keyless', { response_type: 'id_token', nonce: 'n' }),
    ).rejects.toThrow(/no redirect/)
  })

  // JARM §2.3
  it.each<[string, string, Record<string, string>]>([
    ['jwt', '?', {}],
    ['query.jwt', '?', {}],
    ['fragment.jwt', '#', {}],
    ['jwt', '#', { response_type: 'code id_token', nonce: 'n' }],
  ])('answers as %s behind %s', async (response_mode, separator, more) => {
    const browser = new Browser()
    const parameters = { response_mode, state: 's1', ...more }
    const answer = await realm.authorize('plain', parameters, browser)
    expect([...answer.keys()]).toEqual(['response'])
    const claims = await verified(answer.get('response') ?? '')
    expect(claims).toMatchObject({ aud: 'plain', state: 's1', iss: realm.url })
    expect(claims['code']).toEqual(expect.any(String))
    const request = { realmUrl: realm.url, clientId: 'plain', redirectUri, parameters }
    const again = await browser.get(authorizationUrl(request).href)
    expect(again.location?.href).toContain(`cb${separator}response=`)
  })

  // JARM §2.1, §2.2
  it('tells errors in the same way, encrypted where the client wants that', async () => {
    const answer = await realm.authorize('plain', { response_mode: 'jwt', scope: 'nope' })
    expect(await verified(answer.get('response') ?? '')).toMatchObject({ error: 'invalid_scope' })
    const none = { response_mode: 'jwt', prompt: 'none' }
    const sealed = await realm.authorize('sealed', none)
    const { text, header } = await opened(sealed.get('response') ?? '', rsa)
    expect(header).toMatchObject({ enc: 'A128GCM' })
    expect(await verified(text)).toMatchObject({ error: 'login_required', aud: 'sealed' })
    const query = { response_mode: 'query.jwt', response_type: 'code token' }
    const refused = await realm.authorize('plain', query)
    expect(claimsOf(refused.get('response') ?? '')['error']).toBe('invalid_request')
  })

  // RFC 9101 §6.1
  it('reads request objects that are encrypted for the realm', async () => {
    const { body } = await realm.send(realm.endpoint('certs'))
    const jwk = body.keys.find(({ use }: JWK) => use === 'enc')
    const object = await new SignJWT({ state: 'sealed', aud: realm.url, iss: 'object' })
      .setProtectedHeader({ alg: 'ES256', kid: 'sig' })
      .setExpirationTime('1m')
      .sign(signing.privateKey)
    const request = await new CompactEncrypt(new TextEncoder().encode(object))
      .setProtectedHeader({ alg: 'RSA-OAEP', enc: 'A256GCM', kid: jwk.kid, cty: 'JWT' })
      .encrypt(await importJWK(jwk, 'RSA-OAEP'))
    expect((await realm.authorize('object', { request })).get('state')).toBe('sealed')
    for (const bad of [object, `${request.slice(0, -4)}AAAA`, 'a.b.c.d.e']) {
      await expect(realm.authorize('object', { request: bad })).rejects.toThrow(/no redirect/)
    }
  })

  // RFC 9101 §4, §10.2
  it.each<[string, Record<string, unknown>]>([
    ['is over', { exp: 1 }],
    ['is not valid yet', { nbf: 4_000_000_000 }],
    ['is for somebody else', { aud: 'https://other.test' }],
    ['is by somebody else', { iss: 'web' }],
    ['is of another client', { client_id: 'web' }],
  ])('refuses a request object that %s', async (_what, claims) => {
    const request = await new SignJWT({ state: 'x', ...claims })
      .setProtectedHeader({ alg: 'ES256', kid: 'sig' })
      .sign(signing.privateKey)
    await expect(realm.authorize('sealed', { request })).rejects.toThrow(/no redirect/)
  })
})
