import { describe, expect, it } from 'vitest'
import type { Client } from '../../../domains/clients/client.ts'
import type { Realm } from '../../../domains/realms/realm.ts'
import { ClientPolicyGuard, type PolicyRequest } from './client-policy-guard.ts'

const client = {
  id: 'c',
  clientId: 'app',
  representation: { publicClient: true, optionalClientScopes: ['email'] },
} as unknown as Client

async function unmet(
  condition: object,
  policy: object = {},
  request: PolicyRequest = {},
): Promise<string | null> {
  const policies = [{ name: 'p', conditions: [condition], profiles: ['strict'], ...policy }]
  const profiles = [
    { name: 'strict', executors: [{ executor: 'pkce-enforcer' }] },
    { name: 'empty', executors: [] },
  ]
  const settings = { clientPolicies: { policies }, clientProfiles: { profiles } }
  const realm = { id: 'r', name: 'r', settings } as unknown as Realm
  const roles = {
    ofClient: async () => [{ id: '1', name: 'fapi', clientUuid: 'c', clientId: 'app' }],
  }
  const warned: unknown[] = []
  const log = { warn: (text: unknown) => warned.push(text) }
  const found = await new ClientPolicyGuard({ roles, log: log as never }).unmet(
    realm,
    client,
    request,
  )
  expect(warned).toHaveLength(found === null ? 0 : 1)
  return found
}

const any = { condition: 'any-client' }
const where = (condition: string, configuration: object) => ({ condition, configuration })

describe('client policies', () => {
  it.each([
    [any],
    [where('client-roles', { roles: ['fapi'] })],
    [where('client-access-type', { type: ['public'] })],
    [where('client-access-type', { type: ['confidential'], 'is-negative-logic': true })],
    [where('somebody-elses', {})],
  ])('are for a client under %j, which is refused', async (condition) => {
    expect(await unmet(condition)).toBe('p')
  })

  it.each([
    [where('client-roles', { roles: ['other'] })],
    [where('client-access-type', { type: 'confidential' })],
    [where('client-updater-context', {})],
    [where('any-client', { 'is-negative-logic': true })],
  ])('are not for it under %j', async (condition) => {
    expect(await unmet(condition)).toBeNull()
  })

  it('look at the grant and at the scopes that are asked for', async () => {
    const grant = where('grant-type', { grant_types: ['password'] })
    expect(await unmet(grant, {}, { grantType: 'password' })).toBe('p')
    expect(await unmet(grant, {}, {})).toBeNull()
    const scopes = where('client-scopes', { scopes: ['email'] })
    expect(await unmet(scopes, {}, { scope: 'openid email' })).toBe('p')
    expect(await unmet(scopes, {}, { scope: 'openid' })).toBeNull()
  })

  it('ask nothing when they are off, without conditions, or without executors', async () => {
    expect(await unmet(any, { enabled: false })).toBeNull()
    expect(await unmet(any, { conditions: [] })).toBeNull()
    expect(await unmet(any, { profiles: ['empty'] })).toBeNull()
    expect(await unmet(any, { profiles: [] })).toBeNull()
    expect(await unmet(any, { profiles: ['fapi-2-security-profile'] })).toBe('p')
  })
})
