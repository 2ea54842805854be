import { describe, expect, it } from 'vitest'
import type { Claims, ClaimsTarget, MapperContext } from '../token-context.ts'
import { claimPath } from './claim-writer.ts'
import { protocolMapperTypes } from './registry.ts'

const mark = 'sent-by-somebody'

/** Everything that a client or visitor says in an authorization request, as far as it is remembered. */
function sentNotes(claimNames: readonly string[]): Record<string, string> {
  const wish = { essential: true, value: mark, values: [mark, `1${mark}`] }
  const wishes = Object.fromEntries(claimNames.map((name) => [name, wish]))
  return {
    claims: JSON.stringify({ id_token: { ...wishes, acr: wish }, userinfo: wishes }),
    nonce: mark,
    acr_values: `${mark} 1${mark}`,
    scope: mark,
    state: mark,
    redirect_uri: `https://${mark}`,
    dpop_jkt: mark,
    code_challenge: mark,
    login_hint: mark,
    'level-of-authentication': '1',
  }
}

const claimNames = ['groups', 'realm_access', 'email', 'name', 'sub', 'wanted', 'roles', 'custom.x']
const targets: readonly ClaimsTarget[] = ['access', 'id', 'userinfo', 'introspection']

function context(target: ClaimsTarget): MapperContext {
  const notes = sentNotes(claimNames)
  return {
    target,
    realm: { id: 'r', name: 'r', settings: { organizationsEnabled: true, attributes: {} } },
    client: { id: 'c', clientId: 'app', representation: { attributes: {} } },
    user: {
      id: 'u',
      username: 'anna',
      email: 'anna@example.org',
      firstName: 'An',
      lastName: 'Na',
      attributes: {},
    },
    memberships: { roles: [], groups: [], organizations: [] },
    session: { id: 's', notes: {}, client: { notes } },
    places: { frontend: 'https://sso.example.org', admin: 'https://sso.example.org' },
    roles: { realm: new Set(['r1']), clients: new Map() },
    organizations: null,
    acrLevels: new Map([['silver', 1]]),
  } as unknown as MapperContext
}

/** @returns the claims that one mapper writes under a name */
function written(id: string, target: ClaimsTarget, name: string): Claims {
  const type = protocolMapperTypes.get(id)
  const claims: Claims = {}
  const config = {
    'claim.name': name,
    'user.session.note': mark,
    'user.attribute': 'username',
    'jsonType.label': 'String',
  }
  if (type?.targets.includes(target)) type.apply(claims, context(target), config, claimPath(name))
  return claims
}

/** What repeats a value of the request, and which specification or administrator says so. */
const permitted: Readonly<Record<string, (target: ClaimsTarget, name: string) => boolean>> = {
  // OpenID Connect Core §3.1.2.1: the nonce is the client's own, to be given back.
  'oidc-nonce-backwards-compatible-mapper': () => true,
  // OpenID Connect Core §5.5.1: a value asked for as essential; the administrator names the claim.
  'oidc-claims-param-value-idtoken-mapper': (target, name) =>
    target === 'id' && (name === 'wanted' || name === 'custom.x'),
}

describe('protocol mappers', () => {
  it.each([...protocolMapperTypes.keys()])('%s signs nothing that a request brought', (id) => {
    for (const target of targets) {
      for (const name of claimNames) {
        const claims = written(id, target, name)
        const repeats = JSON.stringify(claims).includes(mark)
        const where = `${target} ${name}: ${JSON.stringify(claims)}`
        expect(repeats && permitted[id]?.(target, name) !== true, where).toBe(false)
      }
    }
  })

  it('give an essential claim the value of the user', () => {
    expect(written('oidc-claims-param-token-mapper', 'id', '')).toEqual({
      name: 'An Na',
      email: 'anna@example.org',
    })
  })

  it('take an acr by its name or number, never by a text that begins with one', () => {
    expect(written('oidc-acr-mapper', 'id', '')).toEqual({ acr: 'silver' })
  })

  it('write the address beside what others have put below it', () => {
    const type = protocolMapperTypes.get('oidc-address-mapper')
    const claims: Claims = { address: { planet: 'earth' } }
    const asked = context('id')
    const user = { ...asked.user, attributes: { street: ['Main'], country: ['NO'] } }
    type?.apply(claims, { ...asked, user }, {}, [])
    expect(claims).toEqual({ address: { planet: 'earth', street_address: 'Main', country: 'NO' } })
  })
})
