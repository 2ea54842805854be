import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

type Metadata = Readonly<Record<string, unknown>>

describe('what discovery promises', () => {
  let realm: OidcRealm
  let metadata: Metadata

  beforeAll(async () => {
    realm = await OidcRealm.start({ clients: [{ clientId: 'web', publicClient: true }] })
    metadata = (await realm.send(`${realm.url}/.well-known/openid-configuration`)).body
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const list = (name: string) => metadata[name] as string[]

  // RFC 8414 §2
  it('is there: every endpoint answers', async () => {
    const urls = Object.entries(metadata).filter(
      ([name, value]) => typeof value === 'string' && name !== 'issuer' && value.startsWith('http'),
    ) as [string, string][]
    expect(urls.map(([name]) => name)).toEqual(
      expect.arrayContaining(['token_endpoint', 'authorization_endpoint', 'jwks_uri']),
    )
    for (const [name, url] of urls) {
      const statuses: number[] = []
      for (const method of ['GET', 'POST']) {
        const init = method === 'POST' ? { body: new URLSearchParams({ client_id: 'web' }) } : {}
        statuses.push((await realm.send(url, { method, ...init })).status)
      }
      expect(
        statuses.some((status) => status !== 404 && status !== 405 && status < 500),
        `${name} answers ${statuses.join(' and ')}`,
      ).toBe(true)
    }
  })

  // RFC 8414 §2, RFC 6749 §5.2
  it('is there: every grant is known to the token endpoint', async () => {
    for (const grant of list('grant_types_supported')) {
      if (grant === 'implicit') continue
      const { body } = await realm.token({ grant_type: grant, client_id: 'web' })
      expect(body.error, grant).not.toBe('unsupported_grant_type')
    }
    const { body } = await realm.token({ grant_type: 'nonsense', client_id: 'web' })
    expect(body.error).toBe('unsupported_grant_type')
  })

  // RFC 8414 §2
  it('is there: every response mode is taken and no other', async () => {
    const answer = async (mode: string) => {
      const query = new URLSearchParams({
        client_id: 'web',
        redirect_uri: 'http://app.example.org/cb',
        response_type: 'code',
        response_mode: mode,
        prompt: 'none',
        scope: 'openid',
      })
      const { status, body, headers } = await realm.send(`${realm.endpoint('auth')}?${query}`)
      return `${status} ${headers.get('location') ?? ''} ${body}`
    }
    for (const mode of list('response_modes_supported')) {
      expect(await answer(mode), mode).not.toContain('invalid_request')
    }
    expect(await answer('telegram')).toContain('invalid_request')
  })

  // RFC 8414 §2
  it('names every list of algorithms without one that is not there', () => {
    for (const [name, value] of Object.entries(metadata)) {
      if (!name.endsWith('_signing_alg_values_supported')) continue
      expect(value, name).not.toEqual([])
      for (const algorithm of value as string[]) {
        expect(algorithm, name).toMatch(/^((RS|PS|ES|HS)(256|384|512)|EdDSA|none)$/)
      }
    }
    expect(list('token_endpoint_auth_signing_alg_values_supported')).not.toContain('none')
    expect(list('dpop_signing_alg_values_supported').join()).not.toMatch(/HS|none/)
  })
})
