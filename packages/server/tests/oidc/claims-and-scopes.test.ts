import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claimsOf, mapper, OidcRealm } from './oidc-realm.ts'

describe('what a request may add to tokens', () => {
  let realm: OidcRealm

  beforeAll(async () => {
    const small = { publicClient: true, defaultClientScopes: ['basic'] }
    realm = await OidcRealm.start({
      organizationsEnabled: true,
      organizations: [
        { name: 'acme', alias: 'acme', enabled: true, domains: [{ name: 'acme.org' }] },
      ],
      roles: { realm: [{ name: 'r1' }, { name: 'extra' }] },
      clients: [
        {
          ...small,
          clientId: 'wishes',
          protocolMappers: [
            mapper('oidc-claims-param-token-mapper'),
            mapper('oidc-claims-param-value-idtoken-mapper', { 'claim.name': 'intent' }),
            mapper('oidc-claims-param-value-idtoken-mapper', { 'claim.name': 'groups' }),
          ],
        },
        {
          clientId: 'web',
          publicClient: true,
          protocolMappers: [
            mapper('oidc-organization-membership-mapper', {
              'claim.name': 'orgs',
              'jsonType.label': 'JSON',
              addOrganizationId: 'true',
            }),
            mapper('oidc-hardcoded-role-mapper', { role: 'extra' }),
            mapper('oidc-role-name-mapper', { role: 'r1', 'new.role.name': 'renamed' }),
            mapper('oidc-usermodel-realm-role-mapper', { 'claim.name': 'rr', multivalued: 'true' }),
          ],
        },
        {
          clientId: 'address',
          publicClient: true,
          defaultClientScopes: ['basic', 'address'],
          protocolMappers: [
            mapper('oidc-usermodel-attribute-mapper', {
              'claim.name': 'address.planet',
              'user.attribute': 'planet',
            }),
          ],
        },
        {
          clientId: 'service',
          secret: 's',
          serviceAccountsEnabled: true,
          attributes: { 'client_credentials.use_refresh_token': 'true' },
        },
      ],
    })
    const { body: found } = await realm.administer('GET', '/users?username=anna')
    const [user] = found
    const attributes = { planet: ['earth'], street: ['Main'], locality: ['Oslo'] }
    const profile = (await realm.administer('GET', '/users/profile')).body
    await realm.administer('PUT', '/users/profile', {
      ...profile,
      unmanagedAttributePolicy: 'ENABLED',
    })
    const changed = await realm.administer('PUT', `/users/${user.id}`, { ...user, attributes })
    expect(changed.status).toBe(204)
    const { body: role } = await realm.administer('GET', '/roles/r1')
    await realm.administer('POST', `/users/${user.id}/role-mappings/realm`, [role])
  })
  afterAll(() => realm?.[Symbol.asyncDispose]())

  const service = (form: Record<string, string> = {}) =>
    realm.token({
      grant_type: 'client_credentials',
      client_id: 'service',
      client_secret: 's',
      ...form,
    })

  // OpenID Connect Core §5.5.1
  it('adds essential claims with the values of the user, and one text that a mapper names', async () => {
    const claims = JSON.stringify({
      id_token: {
        groups: { essential: true, value: 'admins' },
        realm_access: { essential: true, value: { roles: ['admin'] } },
        email: { essential: true, value: 'other@example.org' },
        name: { essential: true },
        given_name: { essential: false },
        family_name: null,
        intent: { essential: true, value: 'I1' },
      },
      userinfo: { preferred_username: { essential: true }, email: { value: 'other@example.org' } },
    })
    const { body } = await realm.redeem('wishes', await realm.code('wishes', { claims }))
    const id = claimsOf(body.id_token)
    expect(id).toMatchObject({ name: 'An Na', email: 'anna@example.org', intent: 'I1' })
    for (const name of ['groups', 'realm_access', 'given_name', 'family_name']) {
      expect(id).not.toHaveProperty(name)
    }
    const { body: info } = await realm.userinfo(body.access_token)
    expect(info).toEqual({ sub: id['sub'], preferred_username: 'anna' })
  })

  // OpenID Connect Core §5.5.1
  it.each([
    { value: 'I1' },
    { essential: true, values: ['I1'] },
    { essential: true, value: 5 },
    { essential: true, value: { a: 1 } },
    'I1',
  ])('leaves out a claim that is asked for by %j', async (intent) => {
    const claims = JSON.stringify({ id_token: { intent, acr: { values: 7 } } })
    const { status, body } = await realm.redeem('wishes', await realm.code('wishes', { claims }))
    expect(status).toBe(200)
    expect(claimsOf(body.id_token)).not.toHaveProperty('intent')
  })

  it('names no organization that the user is not in', async () => {
    const scopes = [
      ['openid organization:acme', 'openid'],
      ['openid organization:*', 'openid'],
      ['openid organization', 'openid organization'],
    ] as const
    for (const [scope, granted] of scopes) {
      const { body } = await realm.password('web', { scope })
      expect(body.scope.split(' ')).toEqual(expect.arrayContaining(granted.split(' ')))
      expect(body.scope).not.toMatch(/organization:/)
      expect(claimsOf(body.access_token)).not.toHaveProperty('orgs')
    }
    const { status, body } = await realm.password('web', { scope: 'openid organization:nope' })
    expect([status, body.error]).toEqual([400, 'invalid_scope'])
  })

  it('shows renamed and added roles in every token and in userinfo', async () => {
    const { body } = await realm.password('web')
    const { body: info } = await realm.userinfo(body.access_token)
    for (const claims of [claimsOf(body.access_token), claimsOf(body.id_token), info]) {
      expect((claims['rr'] as string[]).toSorted()).toEqual(['extra', 'renamed'])
    }
  })

  it('gives the address beside what is mapped below it', async () => {
    const { body } = await realm.password('address', { scope: 'openid address' })
    const address = { planet: 'earth', street_address: 'Main', locality: 'Oslo' }
    expect(claimsOf(body.id_token)).toMatchObject({ address })
  })

  // OpenID Connect Core §11
  it('refuses offline access to who may not have it', async () => {
    const refusal = {
      error: 'not_allowed',
      error_description: 'Offline tokens not allowed for the user or client',
    }
    const scope = 'openid offline_access'
    const byPassword = await realm.password('web', { scope })
    expect([byPassword.status, byPassword.body]).toEqual([400, refusal])
    const byCode = await realm.redeem('web', await realm.code('web', { scope }))
    expect([byCode.status, byCode.body]).toEqual([400, refusal])
  })

  it('ends offline access with the role that gave it', async () => {
    const [user] = (await realm.administer('GET', '/users?username=anna')).body
    const { body: role } = await realm.administer('GET', '/roles/offline_access')
    const mapping = `/users/${user.id}/role-mappings/realm`
    await realm.administer('POST', mapping, [role])
    const { body } = await realm.password('web', { scope: 'openid offline_access' })
    const refresh = { grant_type: 'refresh_token', client_id: 'web' }
    const form = { ...refresh, refresh_token: body.refresh_token }
    expect((await realm.token(form)).status).toBe(200)
    await realm.administer('DELETE', mapping, [role])
    expect((await realm.token(form)).body).toEqual({
      error: 'invalid_grant',
      error_description: 'Offline session invalid because offline access not granted anymore',
    })
  })

  it('gives a service account that is set up for it a session and a refresh token', async () => {
    const { body } = await service()
    expect(claimsOf(body.access_token)['sid']).toBe(body.session_state)
    expect(claimsOf(body.access_token)).toMatchObject({ client_id: 'service' })
    const again = await realm.token({
      grant_type: 'refresh_token',
      client_id: 'service',
      client_secret: 's',
      refresh_token: body.refresh_token,
    })
    expect(again.status).toBe(200)
    const offline = await service({ scope: 'offline_access' })
    expect(claimsOf(offline.body.refresh_token)['typ']).toBe('Offline')
    expect((await service({ scope: 'nope' })).body.error).toBe('invalid_scope')
  })
})
