import { describe, expect, it } from 'vitest'
import type { Client } from '../clients/client.ts'
import type { ClientScope, Realm } from '../realms/realm.ts'
import type { RoleReference } from '../roles/role.ts'
import type { Roles } from '../roles/roles.ts'
import type { User, UserMemberships } from '../users/user.ts'
import { EffectiveAccesses } from './effective-access.ts'

const scope = (id: string): ClientScope =>
  ({ id, name: id, protocol: 'openid-connect', attributes: {}, protocolMappers: [] }) as never
const role = (id: string): RoleReference => ({ id, name: id, clientUuid: null, clientId: null })
const realm = {
  id: 'r',
  ver: 1,
  clientScopes: [scope('profile'), scope('staff'), scope('board')],
  settings: { attributes: {} },
} as unknown as Realm
const client = {
  id: 'c',
  ver: 1,
  clientId: 'cli',
  representation: { defaultClientScopes: ['profile', 'staff', 'board'], fullScopeAllowed: true },
} as unknown as Client
const user = { id: 'u' } as User
const memberships = (roles: RoleReference[]): UserMemberships =>
  ({ roles, groups: [], organizations: [] }) as UserMemberships

/** Scopes `staff` and `board` are for the roles of the same names; the user holds `employee`. */
function accesses(asked: string[] = []): EffectiveAccesses {
  const roles = {
    inScopeOf: async (_realmId: string, id: string) =>
      id === 'staff' ? [role('employee')] : id === 'board' ? [role('director')] : [],
  } as unknown as Roles
  const users = {
    heldOf: async (_user: User, purpose: string, wanted: readonly RoleReference[]) => {
      asked.push(purpose)
      return new Set(wanted.map(({ id }) => id).filter((id) => id === 'employee'))
    },
  }
  return new EffectiveAccesses({ roles, users })
}

describe('effective access', () => {
  it('grants a scope with role mappings only to who holds one of those roles', async () => {
    const access = await accesses().of(realm, client, memberships([role('employee')]), 'openid')
    expect(access.scopes.visible).toBe('openid profile staff')
    expect([...access.roles.realm]).toEqual(['employee'])
  })

  it('grants the same scopes without reading the roles of the user, once per memberships', async () => {
    const asked: string[] = []
    const lean = accesses(asked)
    const own = memberships([])
    const access = await lean.withoutRoles(realm, client, user, own, 'openid')
    expect(access.scopes.visible).toBe('openid profile staff')
    expect(access.roles.realm.size).toBe(0)
    await lean.withoutRoles(realm, client, user, own, 'openid')
    expect(asked).toEqual(['scope:employee', 'scope:director'])
  })
})
