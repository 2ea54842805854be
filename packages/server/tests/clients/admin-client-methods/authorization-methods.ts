import { expect } from 'vitest'
import type { DrivenClient } from './driven-client.ts'
import type { People } from './people-methods.ts'

/** What a client protects, and who may. */
export async function driveAuthorization(
  client: DrivenClient,
  id: string,
  { user }: People,
): Promise<void> {
  const server = await client.call<object>('clients.getResourceServer', { id })
  await client.call(
    'clients.updateResourceServer',
    { id },
    {
      ...server,
      decisionStrategy: 'AFFIRMATIVE',
    },
  )
  const scope = await client.call('clients.createAuthorizationScope', { id }, { name: 'enter' })
  const ofScope = { id, scopeId: scope.id }
  await client.call('clients.updateAuthorizationScope', ofScope, { name: 'open' })
  expect(await client.call('clients.getAuthorizationScope', ofScope)).toMatchObject({
    name: 'open',
  })
  expect(await client.call('clients.listAllScopes', { id })).toHaveLength(1)
  const { _id: resourceId } = await client.call<{ _id: string }>(
    'clients.createResource',
    { id },
    {
      name: 'door',
      scopes: [{ name: 'open' }],
    },
  )
  const ofResource = { id, resourceId }
  const resource = await client.call<object>('clients.getResource', ofResource)
  await client.call('clients.updateResource', ofResource, { ...resource, displayName: 'Door' })
  expect(await client.call('clients.listResources', { id, name: 'door' })).toHaveLength(1)
  const byName = { id, resourceName: resourceId }
  expect(await client.call('clients.listScopesByResource', byName)).toMatchObject([
    { name: 'open' },
  ])
  const policy = await client.call(
    'clients.createPolicy',
    { id, type: 'user' },
    {
      name: 'guests',
      users: [user],
    },
  )
  const ofPolicy = { id, type: 'user', policyId: policy.id }
  const guests = { id: policy.id, name: 'guests', users: [user], description: 'g' }
  await client.call('clients.updatePolicy', ofPolicy, guests)
  expect(await client.call('clients.findOnePolicy', ofPolicy)).toMatchObject({ description: 'g' })
  expect(await client.call('clients.findOnePolicyWithType', ofPolicy)).toMatchObject({
    name: 'guests',
  })
  expect(await client.call('clients.findPolicyByName', { id, name: 'guests' })).toMatchObject({
    id: policy.id,
  })
  expect(await client.call('clients.listPolicies', { id, name: 'guests' })).toHaveLength(1)
  expect(await client.call('clients.listPolicyProviders', { id })).toHaveProperty('0.type')
  await client.call('clients.createOrUpdatePolicy', {
    id,
    policyName: 'guests',
    policy: {
      ...guests,
      type: 'user',
    },
  })
  const permission = await client.call(
    'clients.createPermission',
    { id, type: 'scope' },
    {
      name: 'guests open doors',
      resources: [resourceId],
      scopes: [scope.id],
      policies: [policy.id],
    },
  )
  const ofPermission = { id, type: 'scope', permissionId: permission.id }
  const one = await client.call<object>('clients.findOnePermission', ofPermission)
  await client.call('clients.updatePermission', ofPermission, { ...one, description: 'p' })
  expect(await client.call('clients.findPermissions', { id, name: 'guests' })).toHaveLength(1)
  expect(await client.call('clients.listPermissionScope', { id })).toHaveLength(1)
  expect(await client.call('clients.getAssociatedScopes', ofPermission)).toHaveLength(1)
  expect(await client.call('clients.getAssociatedResources', ofPermission)).toHaveLength(1)
  expect(await client.call('clients.getAssociatedPolicies', ofPermission)).toHaveLength(1)
  expect(await client.call('clients.listDependentPolicies', ofPolicy)).toHaveLength(1)
  expect(await client.call('clients.listAllResourcesByScope', ofScope)).toHaveLength(1)
  expect(await client.call('clients.listAllPermissionsByScope', ofScope)).toHaveLength(1)
  expect(await client.call('clients.listPermissionsByResource', ofResource)).toHaveLength(1)
  const evaluated = await client.call(
    'clients.evaluateResource',
    { id },
    {
      userId: user,
      roleIds: [],
      resources: [{ _id: resourceId, name: 'door', scopes: [{ name: 'open' }] }],
      entitlements: false,
      context: { attributes: {} },
    },
  )
  expect(evaluated).toMatchObject({ status: 'PERMIT' })
  await drivePermissionOfType(client, id)
  const exported = await client.call<object>('clients.exportResource', { id })
  await client.call('clients.importResource', { id }, exported)
  await client.call('clients.delPermission', ofPermission)
  await client.call('clients.delPolicy', ofPolicy)
  await client.call('clients.delResource', ofResource)
  await client.call('clients.delAuthorizationScope', ofScope)
}

/** A type of resources that is left out is taken away. */
async function drivePermissionOfType(client: DrivenClient, id: string): Promise<void> {
  const given = { name: 'doors', resourceType: 'door', resources: [], policies: [] }
  const made = await client.call('clients.createPermission', { id, type: 'resource' }, given)
  const one = { id, type: 'resource', permissionId: made.id }
  expect(await client.call('clients.findOnePermission', one)).toMatchObject({
    resourceType: 'door',
  })
  const untyped = { id: made.id, name: 'doors', resources: [], policies: [] }
  await client.call('clients.updatePermission', one, untyped)
  expect(await client.call('clients.findOnePermission', one)).not.toHaveProperty('resourceType')
  await client.call('clients.delPermission', one)
}
