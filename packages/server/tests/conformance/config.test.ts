import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issuer, RelyingParty } from './relying-party.ts'

/** What the plan "OpenID Connect Core: Config Certification Profile" checks. */
describe('conformance: config', () => {
  let party: RelyingParty
  let metadata: Record<string, unknown>
  beforeAll(async () => {
    party = await RelyingParty.start()
    const answer = await party.get(`${issuer}/.well-known/openid-configuration`)
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toContain('application/json')
    metadata = JSON.parse(answer.body) as Record<string, unknown>
  })
  afterAll(() => party?.[Symbol.asyncDispose]())

  it('oidcc-discovery-endpoint-verification: the issuer is where the document is', () => {
    expect(metadata['issuer']).toBe(issuer)
  })

  it.each([
    'authorization_endpoint',
    'token_endpoint',
    'userinfo_endpoint',
    'jwks_uri',
    'end_session_endpoint',
    'check_session_iframe',
    'introspection_endpoint',
    'revocation_endpoint',
  ])('oidcc-discovery-endpoint-verification: %s is an https address without a fragment', (name) => {
    const url = new URL(String(metadata[name]))
    expect(url.protocol).toBe('https:')
    expect(url.hash).toBe('')
  })

  it.each([
    ['response_types_supported', ['code']],
    ['response_modes_supported', ['query', 'fragment', 'form_post']],
    ['grant_types_supported', ['authorization_code', 'refresh_token']],
    ['subject_types_supported', ['public']],
    ['id_token_signing_alg_values_supported', ['RS256']],
    ['scopes_supported', ['openid', 'profile', 'email', 'address', 'phone', 'offline_access']],
    ['claims_supported', ['sub', 'iss', 'auth_time', 'name', 'email']],
    ['claim_types_supported', ['normal']],
    ['code_challenge_methods_supported', ['S256']],
    [
      'token_endpoint_auth_methods_supported',
      ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    ],
  ])('oidcc-discovery-endpoint-verification: %s', (name, wanted) => {
    expect(metadata[name]).toEqual(expect.arrayContaining(wanted))
  })

  it('oidcc-discovery-endpoint-verification: booleans are booleans', () => {
    const booleans = Object.entries(metadata).filter(
      ([name]) => /_supported$|^require_/.test(name) && !Array.isArray(metadata[name]),
    )
    for (const [name, value] of booleans) expect(value, name).toBeTypeOf('boolean')
  })

  it('oidcc-discovery-endpoint-verification: the keys are public, usable and distinct', async () => {
    const answer = await party.get(String(metadata['jwks_uri']))
    expect(answer.status).toBe(200)
    const { keys } = JSON.parse(answer.body) as { keys: Record<string, string>[] }
    expect(keys.length).toBeGreaterThan(0)
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    for (const key of keys) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(key[secret]).toBeUndefined()
      expect(key['use']).toMatch(/^(sig|enc)$/)
      if (key['kty'] === 'RSA') expect(key['n']?.length).toBeGreaterThanOrEqual(342)
    }
    expect(keys.some(({ alg, use }) => alg === 'RS256' && use === 'sig')).toBe(true)
  })
})
