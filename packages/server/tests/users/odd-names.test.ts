import { afterAll, beforeAll, expect, it } from 'vitest'
import { claimsOf, mapper, OidcRealm } from '../oidc/oidc-realm.ts'

/** Names that every object of JavaScript inherits something by. */
const inherited = ['constructor', 'toString', 'hasOwnProperty', 'valueOf']
const unmanaged = JSON.stringify({
  attributes: ['username', 'email', 'firstName', 'lastName', ...inherited].map((name) => ({
    name,
    permissions: { view: ['admin', 'user'], edit: ['admin', 'user'] },
  })),
  unmanagedAttributePolicy: 'ENABLED',
})

let realm: OidcRealm
let user: { id: string; attributes?: Record<string, string[]> }

beforeAll(async () => {
  const claim = (name: string) =>
    mapper('oidc-usermodel-attribute-mapper', {
      'user.attribute': name,
      'claim.name': `of-${name}`,
      'jsonType.label': 'String',
    })
  realm = await OidcRealm.start({
    clients: [{ clientId: 'app', publicClient: true, protocolMappers: inherited.map(claim) }],
    groups: [{ name: 'staff' }],
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          providerId: 'declarative-user-profile',
          config: { 'kc.user.profile.config': [unmanaged] },
        },
      ],
    },
  })
  user = (await realm.administer('GET', '/users?username=anna')).body[0]
  const [group] = (await realm.administer('GET', '/groups')).body
  await realm.administer('PUT', `/users/${user.id}/groups/${group.id}`)
})
afterAll(async () => await realm?.[Symbol.asyncDispose]())

const claims = async () => claimsOf((await realm.password('app')).body.access_token)

it('an attribute that a user does not have is none, whatever its name', async () => {
  const shown = Object.keys(await claims()).filter((name) => name.startsWith('of-'))
  expect(shown).toEqual([])
  expect((await realm.administer('PUT', `/users/${user.id}`, user)).status).toBe(204)
  expect((await realm.administer('GET', `/users/${user.id}`)).body.attributes).toBeUndefined()
})

it('an attribute of such a name is kept like any other', async () => {
  const attributes = Object.fromEntries(inherited.map((name) => [name, [`my ${name}`]]))
  const changed = await realm.administer('PUT', `/users/${user.id}`, { ...user, attributes })
  expect(changed.status).toBe(204)
  const { body } = await realm.administer('GET', `/users/${user.id}`)
  expect(body.attributes).toEqual(attributes)
  expect(await claims()).toMatchObject(
    Object.fromEntries(inherited.map((name) => [`of-${name}`, `my ${name}`])),
  )
})
