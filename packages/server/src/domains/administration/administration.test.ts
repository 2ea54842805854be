import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Realm } from '../realms/realm.ts'
import {
  Administration,
  isAdministrationClient,
  isAdministrationRole,
  isReservedClientId,
} from './administration.ts'
import { administrationRoleNames, covers } from './administration-roles.ts'

/** Names that somebody may give to what they make: those that mean something among them. */
const name = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.constantFrom('realm-management', 'admin', 'create-realm', 'manage-users', '__proto__'),
  fc.string().map((text) => `${text}-realm`),
)
const realmOf = (realmName: string) =>
  ({ id: 'r', name: realmName, adminClients: { own: 'own-id' } }) as unknown as Realm
const runs = { numRuns: 1_000 }

describe('whatever somebody calls something', () => {
  it('it administers by its id alone, and what administers is known under any name', async () => {
    const administration = new Administration({
      realms: {
        administeredThrough: async (id) => (id === 'through' ? realmOf('tenant') : null),
      },
    })
    const property = fc.asyncProperty(name, name, name, async (realmName, clientId, role) => {
      const realm = realmOf(realmName)
      const plain = { clientUuid: 'made', clientId, name: role }
      const reserved = isReservedClientId(realm, clientId)
      expect(isAdministrationClient(realm, { id: 'made', clientId })).toBe(reserved)
      expect(isAdministrationRole(realm, { ...plain, clientUuid: 'own-id' })).toBe(true)
      expect(await administration.realmBehind(realm, plain)).toBeNull()
      expect(await administration.realmBehind(realm, { ...plain, clientUuid: null })).toBeNull()
      const through = await administration.realmBehind(realm, { ...plain, clientUuid: 'through' })
      expect(through?.name).toBe(realmName === 'master' ? 'tenant' : undefined)
      if (realmName === 'master') return
      const ofRealm = { clientUuid: null, clientId: null, name: role }
      expect(isAdministrationRole(realm, ofRealm)).toBe(false)
    })
    await fc.assert(property, runs)
  })

  it("master's clients for the realms are made by nobody", () => {
    const property = fc.property(fc.string(), (text) => {
      expect(isReservedClientId({ name: 'master' }, `${text}-realm`)).toBe(true)
    })
    fc.assert(property, runs)
  })

  it('roles that are none of the administration stand for none of them', () => {
    const made = name.filter((text) => !administrationRoleNames.some((known) => known === text))
    // Questions show what other roles let somebody see: anybody may be given them.
    const asking = administrationRoleNames.filter((text) => !text.startsWith('query-'))
    const property = fc.property(
      fc.array(made),
      fc.constantFrom(...asking, 'realm-admin'),
      (held, asked) => {
        expect(covers(new Set(held.filter((one) => one !== 'realm-admin')), asked)).toBe(false)
      },
    )
    fc.assert(property, runs)
  })
})
