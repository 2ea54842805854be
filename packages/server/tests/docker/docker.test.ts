import { createHash } from 'node:crypto'
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, OidcRealm } from '../oidc/oidc-realm.ts'

const mapper = {
  name: 'all',
  protocol: 'docker-v2',
  protocolMapper: 'docker-v2-allow-all-mapper',
  config: {},
}

describe('tokens for a Docker registry', () => {
  let realm: OidcRealm
  beforeAll(async () => {
    realm = await OidcRealm.start(
      {
        bruteForceProtected: true,
        failureFactor: 2,
        users: [
          { username: 'bob', enabled: true, credentials: [{ type: 'password', value: 'pw' }] },
          { username: 'off', enabled: false, credentials: [{ type: 'password', value: 'pw' }] },
        ],
        clients: [
          { clientId: 'registry', protocol: 'docker-v2', protocolMappers: [mapper] },
          { clientId: 'closed', protocol: 'docker-v2' },
          { clientId: 'web', publicClient: true },
        ],
      },
      { options: ['--features=docker'] },
    )
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const ask = (query: Record<string, string>, login?: string) =>
    realm.send(`${realm.url}/protocol/docker-v2/auth?${new URLSearchParams(query)}`, {
      headers: login ? { authorization: `Basic ${btoa(login)}` } : {},
    })

  it('permit what is asked for where the client has the mapper', async () => {
    const scope = 'repository:localhost:5000/lib/image:pull,push'
    const { status, body } = await ask({ service: 'registry', account: 'anna', scope }, 'anna:pw')
    expect(status).toBe(200)
    expect(body.expires_in).toBe(300)
    expect(body.issued_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(claimsOf(body.token)).toMatchObject({
      iss: realm.url,
      aud: 'registry',
      sub: 'anna',
      access: [{ type: 'repository', name: 'localhost:5000/lib/image', actions: ['pull', 'push'] }],
    })
    const closed = await ask({ service: 'closed', scope }, 'anna:pw')
    expect(claimsOf(closed.body.token)['access']).toEqual([])
  })

  it('name their key as registries do', async () => {
    const { body } = await ask({ service: 'registry' }, 'anna:pw')
    const { kid = '' } = decodeProtectedHeader(body.token)
    const keys = await realm.send(realm.endpoint('certs'))
    const ids = keys.body.keys
      .filter(({ use, x5c }: { use: string; x5c?: string[] }) => use === 'sig' && x5c)
      .map(({ n, e }: Record<string, string>) => idOf({ kty: 'RSA', n: String(n), e: String(e) }))
    expect(ids).toContain(kid)
  })

  it('are refused without the right name and password', async () => {
    const nobody = await ask({ service: 'registry' })
    expect([nobody.status, nobody.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="oidc"',
    ])
    for (const login of ['anna:wrong', 'nobody:pw', 'off:pw', ':']) {
      const { status } = await ask({ service: 'registry' }, login)
      expect([login, status]).toEqual([login, 401])
    }
    const { body } = await ask({ service: 'registry', scope: 'repository:a:pull' }, 'nobody:pw')
    expect(body).toEqual({
      errors: [
        {
          code: 'UNAUTHORIZED',
          message: 'Invalid username or password.',
          detail: [{ type: 'repository', name: 'a', actions: ['pull'] }],
        },
      ],
    })
  })

  it('are refused to who has guessed too often', async () => {
    for (const _ of [1, 2, 3]) await ask({ service: 'registry' }, 'bob:wrong')
    expect((await ask({ service: 'registry' }, 'bob:pw')).status).toBe(401)
  })

  it('are refused for what is no registry', async () => {
    const refusal = async (query: Record<string, string>) => {
      const { status, body } = await ask(query, 'anna:pw')
      return `${status} ${body.error}`
    }
    expect(await refusal({})).toBe('400 invalid_request')
    expect(await refusal({ service: 'nope' })).toBe('400 invalid_client')
    expect(await refusal({ service: 'web' })).toBe('400 invalid_client')
  })
})

/** libtrust's id of a key. */
function idOf(jwk: JsonWebKey): string {
  const { createPublicKey } = process.getBuiltinModule('node:crypto')
  const key = createPublicKey({ key: jwk as never, format: 'jwk' })
  const der = key.export({ type: 'spki', format: 'der' })
  const hash = createHash('sha256').update(der).digest().subarray(0, 30)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  let number = BigInt(`0x${hash.toString('hex')}`)
  let text = ''
  for (let at = 0; at < 48; at += 1) {
    text = `${alphabet[Number(number % 32n)]}${text}`
    number /= 32n
  }
  return (text.match(/.{4}/g) ?? []).join(':')
}
