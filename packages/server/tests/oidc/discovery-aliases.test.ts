import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OidcRealm } from './oidc-realm.ts'

describe('how a realm is found', () => {
  let realm: OidcRealm
  beforeAll(async () => {
    realm = await OidcRealm.start({
      clients: [
        { clientId: 'open', publicClient: true },
        { clientId: 'closed', secret: 's' },
      ],
    })
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const finger = (query: Record<string, string>) =>
    realm.send(`${realm.server.url}/.well-known/webfinger?${new URLSearchParams(query)}`)
  const issuer = 'http://openid.net/specs/connect/1.0/issuer'

  // OpenID Connect Discovery §2.1.1, RFC 7033 §4
  it('tells the issuer of what has an address below a realm', async () => {
    const resource = `${realm.url}/account`
    const { status, headers, body } = await finger({ resource, rel: issuer })
    expect([status, headers.get('content-type')]).toEqual([
      200,
      'application/jrd+json; charset=utf-8',
    ])
    expect(body).toEqual({ subject: resource, links: [{ rel: issuer, href: realm.url }] })
    expect((await finger({ resource, rel: 'x' })).body.links).toEqual([])
    expect(headers.get('access-control-allow-origin')).toBe('*')
  })

  // RFC 7033 §4.2
  it('tells nothing of what it does not know', async () => {
    expect((await finger({})).status).toBe(400)
    expect((await finger({ resource: 'x' })).status).toBe(400)
    expect((await finger({ resource: 'acct:anna@example.org' })).status).toBe(404)
    expect((await finger({ resource: `${realm.server.url}/realms/nope` })).status).toBe(404)
    const elsewhere = `https://elsewhere.example.org/realms/${realm.name}`
    expect((await finger({ resource: elsewhere })).status).toBe(404)
  })

  it('tells applications how they are configured, those with a secret only when they show it', async () => {
    const install = (clientId: string, headers: Record<string, string> = {}) =>
      realm.send(`${realm.url}/clients-registrations/install/${clientId}`, { headers })
    expect((await install('open')).body).toMatchObject({
      realm: 'oidc',
      resource: 'open',
      'public-client': true,
      'auth-server-url': `${realm.server.url}/`,
    })
    const basic = (login: string) => ({ authorization: `Basic ${btoa(login)}` })
    const own = await install('closed', basic('closed:s'))
    expect([own.status, own.body.credentials]).toEqual([200, { secret: 's' }])
    expect((await install('closed')).status).toBe(401)
    expect((await install('closed', basic('closed:x'))).status).toBe(401)
    expect((await install('nope')).status).toBe(401)
  })
})
