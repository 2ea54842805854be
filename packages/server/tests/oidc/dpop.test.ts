import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Browser } from '../harness/browser.ts'
import { claimsOf, OidcRealm } from './oidc-realm.ts'

type Changes = Readonly<Record<string, unknown>>

/** Somebody with a key. */
class Holder {
  readonly jwk: JWK
  readonly #key: CryptoKey
  readonly #algorithm: string

  private constructor(jwk: JWK, key: CryptoKey, algorithm: string) {
    this.jwk = jwk
    this.#key = key
    this.#algorithm = algorithm
  }

  static async create(algorithm = 'ES256'): Promise<Holder> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
    return new Holder(await exportJWK(publicKey), privateKey, algorithm)
  }

  thumbprint(): Promise<string> {
    return calculateJwkThumbprint(this.jwk)
  }

  /** @param changes claims that differ; undefined leaves one out */
  async proof(
    method: string,
    url: string,
    changes: Changes & { accessToken?: string } = {},
    header: Changes = {},
  ): Promise<string> {
    const { accessToken, ...others } = changes
    const ath = accessToken && createHash('sha256').update(accessToken).digest('base64url')
    const usual = { jti: randomUUID(), htm: method, htu: url, iat: now(), ath }
    const claims = Object.entries({ ...usual, ...others }).filter(
      ([, value]) => value !== undefined,
    )
    return await new SignJWT(Object.fromEntries(claims))
      .setProtectedHeader({
        alg: this.#algorithm,
        typ: 'dpop+jwt',
        jwk: this.jwk,
        ...header,
      } as never)
      .sign(this.#key)
  }
}

const now = () => Math.floor(Date.now() / 1000)

describe('DPoP (RFC 9449)', () => {
  let realm: OidcRealm
  let holder: Holder
  let other: Holder
  let endpoint: string

  beforeAll(async () => {
    const bound = { 'dpop.bound.access.tokens': 'true' }
    realm = await OidcRealm.start({
      clients: [
        { clientId: 'web', publicClient: true },
        { clientId: 'must', publicClient: true, implicitFlowEnabled: true, attributes: bound },
        { clientId: 'service', secret: 's', serviceAccountsEnabled: true, attributes: bound },
        {
          clientId: 'certificate',
          publicClient: true,
          implicitFlowEnabled: true,
          attributes: { 'tls.client.certificate.bound.access.tokens': 'true' },
        },
      ],
      users: [
        {
          username: 'chief',
          enabled: true,
          email: 'chief@example.org',
          firstName: 'C',
          lastName: 'C',
          credentials: [{ type: 'password', value: 'pw' }],
          clientRoles: { 'realm-management': ['realm-admin'] },
        },
      ],
    })
    holder = await Holder.create()
    other = await Holder.create()
    endpoint = realm.endpoint('token')
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const header = async (who: Holder, changes: Changes = {}, head: Changes = {}) => ({
    dpop: await who.proof('POST', endpoint, changes, head),
  })
  const described = (answer: { status: number; body: { error_description?: string } }) =>
    `${answer.status} ${answer.body.error_description ?? ''}`

  // RFC 9449 §5, §6
  it('binds what it issues to the key', async () => {
    const { body } = await realm.password('web', {}, await header(holder))
    const cnf = { jkt: await holder.thumbprint(), 'kc-jkt-type': 'DPoP' }
    expect(body.token_type).toBe('DPoP')
    expect(claimsOf(body.access_token)).toMatchObject({ typ: 'DPoP', cnf })
    expect(claimsOf(body.refresh_token)).toMatchObject({ typ: 'Refresh', cnf })
  })

  // RFC 9449 §5.1
  it('gives a client that wants bound tokens no others', async () => {
    expect(described(await realm.password('must'))).toBe('400 DPoP proof is missing')
    expect(described(await realm.password('certificate'))).toBe(
      '400 Client Certification missing for MTLS HoK Token Binding',
    )
    for (const clientId of ['must', 'certificate']) {
      const answer = await realm.authorize(clientId, {
        response_type: 'token',
        response_mode: 'fragment',
      })
      expect(answer.get('error')).toBe('unauthorized_client')
      expect(answer.get('access_token')).toBeNull()
    }
  })

  // RFC 9449 §4.3
  it.each<[string, Changes, Changes, string]>([
    ['another method', { htm: 'GET' }, {}, 'DPoP HTTP method mismatch'],
    ['another address', { htu: 'https://x.test/' }, {}, 'DPoP HTTP URL mismatch'],
    ['the past', { iat: now() - 600 }, {}, 'DPoP proof is not active'],
    ['the future', { iat: now() + 600 }, {}, 'DPoP proof is not active'],
    ['no id', { jti: undefined }, {}, 'DPoP mandatory claims are missing'],
    ['no time', { iat: undefined }, {}, 'DPoP mandatory claims are missing'],
    ['no method', { htm: undefined }, {}, 'DPoP mandatory claims are missing'],
    ['no address', { htu: undefined }, {}, 'DPoP mandatory claims are missing'],
    ['another type', {}, { typ: 'JWT' }, 'Invalid or missing type in DPoP header: JWT'],
    ['no key', {}, { jwk: undefined }, 'No JWK in DPoP header'],
  ])('refuses a proof for %s', async (_what, claims, head, text) => {
    expect(described(await realm.password('web', {}, await header(holder, claims, head)))).toBe(
      `400 ${text}`,
    )
  })

  // RFC 9449 §4.2, §4.3
  it('refuses what is no proof, is signed by another key, or carries a private one', async () => {
    expect(described(await realm.password('web', {}, { dpop: 'x' }))).toBe(
      '400 DPoP header verification failure',
    )
    const foreign = await header(holder, {}, { jwk: other.jwk })
    expect(described(await realm.password('web', {}, foreign))).toMatch(/^400 DPoP verification/)
    const secret = await header(holder, {}, { jwk: { ...holder.jwk, d: 'AAAA' } })
    expect(described(await realm.password('web', {}, secret))).toMatch(/^400 Private key material/)
    const unsigned = (await header(holder)).dpop.split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'dpop+jwt', jwk: holder.jwk }))
    const dpop = `${none.toString('base64url')}.${unsigned[1]}.`
    expect(described(await realm.password('web', {}, { dpop }))).toBe(
      '400 Unsupported DPoP algorithm: none',
    )
  })

  // RFC 9449 §11.1
  it('takes a proof once, of ten at once too', async () => {
    const proof = await header(holder)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => realm.password('web', {}, proof)),
    )
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).toEqual([200, ...Array(9).fill(400)])
    expect(described(await realm.password('web', {}, proof))).toBe(
      '400 DPoP proof has already been used',
    )
  })

  // RFC 9449 §5
  it('lets the holder alone refresh the tokens of a public client', async () => {
    const { body } = await realm.password('web', {}, await header(holder))
    const refresh = (headers: Record<string, string>) =>
      realm.token(
        { grant_type: 'refresh_token', client_id: 'web', refresh_token: body.refresh_token },
        headers,
      )
    expect((await refresh({})).body).toEqual({
      error: 'invalid_grant',
      error_description: 'DPoP proof is missing',
    })
    expect(described(await refresh(await header(other)))).toBe(
      "400 DPoP confirmation doesn't match DPoP proof",
    )
    const again = await refresh(await header(holder))
    expect(claimsOf(again.body.access_token)['cnf']).toMatchObject({
      jkt: await holder.thumbprint(),
    })
  })

  // RFC 9449 §5
  it('lets the holder alone end the session of a public client with its refresh token', async () => {
    const { body } = await realm.password('web', {}, await header(holder))
    const form = { client_id: 'web', refresh_token: body.refresh_token }
    const leave = async (who?: Holder) => {
      const dpop = await who?.proof('POST', realm.endpoint('logout'))
      return described(await realm.post('logout', form, dpop ? { dpop } : {}))
    }
    expect(await leave()).toBe('400 DPoP proof is missing')
    expect(await leave(other)).toBe("400 DPoP confirmation doesn't match DPoP proof")
    expect(await leave(holder)).toBe('204 ')
  })

  // RFC 9449 §7.1, §7.2
  it('shows userinfo to the holder alone', async () => {
    const { body } = await realm.password('web', {}, await header(holder))
    const accessToken = body.access_token as string
    const url = realm.endpoint('userinfo')
    const ask = async (scheme: string, dpop?: string) => {
      const headers = { authorization: `${scheme} ${accessToken}`, ...(dpop ? { dpop } : {}) }
      const answer = await realm.send(url, { headers })
      return { status: answer.status, challenge: answer.headers.get('www-authenticate') ?? '' }
    }
    const proof = (who = holder, changes: Changes = {}, method = 'GET') =>
      who.proof(method, url, { accessToken, ...changes })
    expect((await ask('DPoP', await proof())).status).toBe(200)
    for (const refused of [
      await ask('Bearer'),
      await ask('Bearer', await proof()),
      await ask('DPoP'),
      await ask('DPoP', await proof(other)),
      await ask('DPoP', await proof(holder, { ath: undefined })),
      await ask('DPoP', await proof(holder, { ath: 'x' })),
      await ask('DPoP', await proof(holder, {}, 'POST')),
    ]) {
      expect(refused.status).toBe(401)
      expect(refused.challenge).toContain('error="invalid_token"')
    }
    expect((await ask('DPoP')).challenge).toMatch(/^DPoP algs="[^"]+", realm="oidc"/)
  })

  // RFC 9449 §7.1
  it('guards Admin REST with a bound token of an administrator too', async () => {
    const form = { username: 'chief', password: 'pw' }
    const { body } = await realm.password('web', form, await header(holder))
    const accessToken = body.access_token as string
    const url = `${realm.server.url}/admin/realms/oidc/users`
    const ask = async (scheme: string, who?: Holder) => {
      const dpop = await who?.proof('GET', url, { accessToken })
      const headers = { authorization: `${scheme} ${accessToken}`, ...(dpop ? { dpop } : {}) }
      return (await realm.send(`${url}?max=1`, { headers })).status
    }
    expect(await ask('DPoP', holder)).toBe(200)
    expect(await ask('Bearer')).toBe(401)
    expect(await ask('DPoP')).toBe(401)
    expect(await ask('DPoP', other)).toBe(401)
  })

  // RFC 9449 §10
  it('gives a code for a key to its holder alone', async () => {
    const dpop_jkt = await holder.thumbprint()
    const browser = new Browser()
    const redeem = async (headers: Record<string, string>) =>
      await realm.redeem('web', await realm.code('web', { dpop_jkt }, browser), {}, headers)
    expect(described(await redeem({}))).toBe('400 DPoP Proof missing')
    expect(described(await redeem(await header(other)))).toBe(
      '400 DPoP Proof public key thumbprint does not match dpop_jkt',
    )
    expect((await redeem(await header(holder))).status).toBe(200)
  })

  // RFC 7662 §2.2
  it('introspects a bound token with what it is bound to', async () => {
    const grant = { grant_type: 'client_credentials', client_id: 'service', client_secret: 's' }
    const { body } = await realm.token(grant, await header(await Holder.create('PS256')))
    expect(body.token_type).toBe('DPoP')
    const answer = await realm.post('token/introspect', {
      client_id: 'service',
      client_secret: 's',
      token: body.access_token,
    })
    // The service is no audience of its own token, so it learns nothing.
    expect(answer.body).toEqual({ active: false })
  })

  // RFC 9449 §8
  it('asks for a nonce where the realm wants one, and takes it once it is there', async () => {
    await realm.administer('PUT', '', { attributes: { dpopNonceRequired: 'true' } })
    const refused = await realm.password('web', {}, await header(holder))
    expect([refused.status, refused.body.error]).toEqual([400, 'use_dpop_nonce'])
    const nonce = refused.headers.get('dpop-nonce') ?? ''
    const proof = await header(holder, { nonce })
    expect((await realm.password('web', {}, proof)).status).toBe(200)
    const wrong = await realm.password('web', {}, await header(holder, { nonce: 'x' }))
    expect(wrong.body.error).toBe('use_dpop_nonce')
    await realm.administer('PUT', '', { attributes: { dpopNonceRequired: 'false' } })
  })
})
