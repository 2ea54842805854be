import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`
const audience = (clientId: string) =>
  mapper('oidc-audience-mapper', { 'included.client.audience': clientId, 'claim.name': clientId })
const enabled = { 'standard.token.exchange.enabled': 'true' }

describe('token exchange (RFC 8693)', () => {
  let realm: OidcRealm
  let subject: Record<string, string>

  beforeAll(async () => {
    const confidential = (clientId: string, extra: object = {}) => ({
      clientId,
      secret: 's',
      ...extra,
    })
    realm = await OidcRealm.start({
      clients: [
        { clientId: 'web', publicClient: true, protocolMappers: ['ex', 'exr'].map(audience) },
        confidential('ex', {
          attributes: enabled,
          serviceAccountsEnabled: true,
          protocolMappers: ['t1', 't2'].map(audience),
        }),
        confidential('exr', {
          attributes: {
            ...enabled,
            'standard.token.exchange.enableRefreshRequestedTokenType': 'SAME_SESSION',
          },
        }),
        confidential('t1'),
        confidential('t2'),
        confidential('off'),
        { clientId: 'open', publicClient: true, attributes: enabled },
      ],
    })
    subject = (await realm.password('web')).body
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  async function exchange(
    form: Record<string, string | readonly string[]> = {},
    clientId = 'ex',
  ): Promise<{ status: number; body: Record<string, string> }> {
    const all = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: clientId,
      client_secret: 's',
      subject_token: subject['access_token'] ?? '',
      subject_token_type: type('access_token'),
      ...form,
    }
    const pairs = Object.entries(all).flatMap(([name, value]) =>
      [value].flat().map((each) => [name, String(each)]),
    )
    const body = new URLSearchParams(pairs)
    const answer = await realm.send(realm.endpoint('token'), { method: 'POST', body })
    return { status: answer.status, body: answer.body }
  }
  const refusal = async (form: Record<string, string | readonly string[]>, clientId?: string) => {
    const { status, body } = await exchange(form, clientId)
    return `${status} ${body['error']} ${body['error_description']}`
  }

  // RFC 8693 §2.2.1
  it('gives a token of the same session for the client that asks', async () => {
    const { body } = await exchange()
    expect(body).toMatchObject({ issued_token_type: type('access_token'), token_type: 'Bearer' })
    expect(body).not.toHaveProperty('refresh_token')
    const claims = claimsOf(body['access_token'] ?? '')
    const given = claimsOf(subject['access_token'] ?? '')
    expect(claims).toMatchObject({ azp: 'ex', sub: given['sub'], sid: given['sid'] })
    expect(claims['aud']).toEqual(expect.arrayContaining(['t1', 't2']))
    const { body: seen } = await realm.post('token/introspect', {
      client_id: 't1',
      client_secret: 's',
      token: body['access_token'] ?? '',
    })
    expect(seen).toMatchObject({ active: true, username: 'anna' })
  })

  // RFC 8693 §2.1
  it('narrows the token to the audiences that are named', async () => {
    const one = claimsOf((await exchange({ audience: 't1' })).body['access_token'] ?? '')
    expect(one['aud']).toBe('t1')
    expect(one['resource_access'] ?? {}).toEqual({})
    const two = claimsOf((await exchange({ audience: ['t1', 't2'] })).body['access_token'] ?? '')
    expect(two['aud']).toEqual(['t1', 't2'])
  })

  // RFC 8693 §3
  it('gives ID tokens, and refresh tokens to who is set up for them', async () => {
    const id = await exchange({ requested_token_type: type('id_token') })
    expect(id.body).toMatchObject({ token_type: 'N_A', issued_token_type: type('id_token') })
    expect(claimsOf(id.body['access_token'] ?? '')).toMatchObject({ typ: 'ID', azp: 'ex' })
    const { body } = await exchange({ requested_token_type: type('refresh_token') }, 'exr')
    const refreshed = await realm.token({
      grant_type: 'refresh_token',
      client_id: 'exr',
      client_secret: 's',
      refresh_token: body['refresh_token'] ?? '',
    })
    expect(refreshed.status).toBe(200)
  })

  it('takes tokens without a session too', async () => {
    const grant = { grant_type: 'client_credentials', client_id: 'ex', client_secret: 's' }
    const own = (await realm.token(grant)).body.access_token
    const { status, body } = await exchange({ subject_token: own })
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('session_state')
  })

  it('begins no offline session', async () => {
    const { body } = await exchange({ scope: 'offline_access' })
    expect(body['scope']).not.toContain('offline_access')
  })

  const unsupportedType = '400 invalid_request requested_token_type unsupported'
  const accessOnly = "400 invalid_request Parameter 'subject_token' supports access tokens only"
  // RFC 8693 §2.2.2
  it.each<[Record<string, string | string[]>, string]>([
    [{ audience: 'nope' }, '400 invalid_client Audience not found'],
    [{ audience: '' }, '400 invalid_client Audience not found'],
    [{ audience: ['t1', 'off'] }, '400 invalid_request Requested audience not available: off'],
    [{ requested_token_type: type('saml2') }, unsupportedType],
    [{ requested_token_type: type('refresh_token') }, unsupportedType],
    [{ subject_token_type: type('jwt') }, accessOnly],
    [{ subject_token: 'abc' }, '400 invalid_request Invalid token'],
    [{ scope: 'nope' }, '400 invalid_scope Invalid scopes: nope'],
    [{ scope: ['openid', 'profile'] }, '400 invalid_request duplicated parameter'],
    [
      { requested_subject: 'bob' },
      "400 invalid_request Parameter 'requested_subject' is not supported for standard token exchange",
    ],
  ])('refuses %j', async (form, text) => {
    expect(await refusal(form)).toBe(text)
  })

  // RFC 8693 §2.1
  it('refuses tokens of other kinds, for others, and clients that may not exchange', async () => {
    for (const name of ['refresh_token', 'id_token']) {
      expect(await refusal({ subject_token: subject[name] ?? '' })).toMatch(/^400 invalid_request/)
    }
    const foreign = (await realm.password('t1', { client_secret: 's' })).body.access_token
    expect(await refusal({ subject_token: foreign })).toBe(
      '403 access_denied Client is not within the token audience',
    )
    for (const clientId of ['off', 'open']) {
      expect(await refusal({}, clientId)).toBe(
        '400 invalid_request Standard token exchange is not enabled for the requested client',
      )
    }
  })

  it('refuses the token of a session that has ended', async () => {
    const { body } = await realm.password('web')
    await realm.post('logout', { client_id: 'web', refresh_token: body.refresh_token })
    expect(await refusal({ subject_token: body.access_token })).toBe(
      '400 invalid_request Invalid token',
    )
  })
})
