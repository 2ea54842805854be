import { expect } from 'vitest'
import type { DrivenClient } from './driven-client.ts'

interface Execution {
  readonly id: string
  readonly index: number
}

const flows = 'authenticationManagement'

/** Flows, executions, required actions, identity providers. */
export async function driveSigningIn(client: DrivenClient): Promise<void> {
  for (const list of ['Authenticator', 'FormAction', 'Form', 'ClientAuthenticator']) {
    expect(await client.call(`${flows}.get${list}Providers`)).toHaveProperty('0.id')
  }
  await client.call(`${flows}.copyFlow`, { flow: 'browser', newName: 'ours' })
  await client.call(`${flows}.createFlow`, {
    alias: 'bare',
    providerId: 'basic-flow',
    topLevel: true,
    builtIn: false,
  })
  const all = await client.call<{ id: string; alias: string }[]>(`${flows}.getFlows`, {})
  const bare = all.find(({ alias }) => alias === 'bare')
  expect(all.map(({ alias }) => alias)).toContain('ours')
  const flowId = bare?.id ?? ''
  await client.call(`${flows}.updateFlow`, { flowId }, { ...bare, description: 'ours alone' })
  expect(await client.call(`${flows}.getFlow`, { flowId })).toMatchObject({
    description: 'ours alone',
  })
  for (const provider of ['auth-cookie', 'identity-provider-redirector']) {
    await client.call(`${flows}.addExecutionToFlow`, { flow: 'bare', provider })
  }
  await client.call(`${flows}.addFlowToFlow`, {
    flow: 'bare',
    alias: 'below',
    type: 'basic-flow',
    provider: 'registration-page-form',
    description: '',
  })
  const read = async () =>
    await client.call<Execution[]>(`${flows}.getExecutions`, { flow: 'bare' })
  const [first, second] = await read()
  await client.call(`${flows}.lowerPriorityExecution`, { id: first?.id })
  expect((await read())[0]?.id).toBe(second?.id)
  await client.call(`${flows}.raisePriorityExecution`, { id: first?.id })
  expect((await read())[0]?.id).toBe(first?.id)
  const required = { ...first, requirement: 'REQUIRED' }
  await client.call(`${flows}.updateExecution`, { flow: 'bare' }, required)
  expect(await read()).toMatchObject([{ requirement: 'REQUIRED' }, {}, {}])
  // Terraform's provider leaves the priority out, and reads it again.
  const briefly = { id: second?.id, requirement: 'ALTERNATIVE' }
  await client.call(`${flows}.updateExecution`, { flow: 'bare' }, briefly)
  expect(await read()).toMatchObject([{}, { id: second?.id, priority: 0 }, {}])
  const config = await client.call(`${flows}.createConfig`, {
    id: second?.id,
    alias: 'to partner',
    config: { defaultProvider: 'partner' },
  })
  const changed = { id: config.id, alias: 'to another', config: { defaultProvider: 'other' } }
  await client.call(`${flows}.updateConfig`, changed)
  expect(await client.call(`${flows}.getConfig`, { id: config.id })).toMatchObject(changed)
  await client.call(`${flows}.delConfig`, { id: config.id })
  expect(
    await client.call(`${flows}.getConfigDescription`, { providerId: 'auth-cookie' }),
  ).toHaveProperty('providerId')
  // The method's path is none of Keycloak's.
  const added = { provider: 'auth-cookie' }
  expect(await client.refusal(`${flows}.addExecution`, { flow: 'bare' }, added)).toBe(405)
  await client.call(`${flows}.delExecution`, { id: first?.id })
  await client.call(`${flows}.deleteFlow`, { flowId })
  await driveRequiredActions(client)
  await driveIdentityProviders(client)
}

async function driveRequiredActions(client: DrivenClient): Promise<void> {
  const alias = 'CONFIGURE_RECOVERY_AUTHN_CODES'
  const read = async () => await client.call<{ alias: string }[]>(`${flows}.getRequiredActions`)
  const before = (await read()).map((action) => action.alias)
  const action = await client.call<object>(`${flows}.getRequiredActionForAlias`, { alias })
  await client.call(`${flows}.updateRequiredAction`, { alias }, { ...action, enabled: true })
  await client.call(`${flows}.raiseRequiredActionPriority`, { alias })
  expect((await read()).map((each) => each.alias)).not.toEqual(before)
  await client.call(`${flows}.lowerRequiredActionPriority`, { alias })
  expect((await read()).map((each) => each.alias)).toEqual(before)
  const updating = { alias: 'UPDATE_PASSWORD' }
  expect(await client.call(`${flows}.getRequiredActionConfigDescription`, updating)).toHaveProperty(
    'properties',
  )
  await client.call(`${flows}.updateRequiredActionConfig`, updating, {
    config: { max_auth_age: '60' },
  })
  expect(await client.call(`${flows}.getRequiredActionConfig`, updating)).toMatchObject({
    config: { max_auth_age: '60' },
  })
  await client.call(`${flows}.removeRequiredActionConfig`, updating)
  await client.call(`${flows}.deleteRequiredAction`, { alias })
  const open = await client.call<{ providerId: string }[]>(
    `${flows}.getUnregisteredRequiredActions`,
  )
  const again = open.find(({ providerId }) => providerId === alias)
  await client.call(`${flows}.registerRequiredAction`, { ...again })
  expect((await read()).map((each) => each.alias).toSorted()).toEqual(before.toSorted())
}

async function driveIdentityProviders(client: DrivenClient): Promise<void> {
  const alias = 'partner'
  const provider = await client.call<object>('identityProviders.findOne', { alias })
  await client.call('identityProviders.update', { alias }, { ...provider, displayName: 'Partner' })
  expect(await client.call('identityProviders.find', {})).toMatchObject([
    { displayName: 'Partner' },
  ])
  expect(await client.call('identityProviders.findFactory', { providerId: 'oidc' })).toMatchObject({
    id: 'oidc',
  })
  const types = await client.call<object>('identityProviders.findMapperTypes', { alias })
  expect(Object.keys(types)).toContain('oidc-user-attribute-idp-mapper')
  const identityProviderMapper = {
    name: 'mail',
    identityProviderAlias: alias,
    identityProviderMapper: 'oidc-user-attribute-idp-mapper',
    config: { claim: 'mail', 'user.attribute': 'email' },
  }
  const { id } = await client.call('identityProviders.createMapper', {
    alias,
    identityProviderMapper,
  })
  const renamed = { ...identityProviderMapper, id, name: 'address' }
  await client.call('identityProviders.updateMapper', { alias, id }, renamed)
  expect(await client.call('identityProviders.findOneMapper', { alias, id })).toMatchObject({
    name: 'address',
  })
  expect(await client.call('identityProviders.findMappers', { alias })).toHaveLength(1)
  await client.call('identityProviders.delMapper', { alias, id })
  expect(await client.call('identityProviders.reloadKeys', { alias })).toBe(false)
  const imported = new FormData()
  imported.append('providerId', 'oidc')
  const description = { issuer: 'https://p.example.org', token_endpoint: 'https://p.example.org/t' }
  imported.append('file', new Blob([JSON.stringify(description)]), 'description.json')
  expect([0, 400, 501]).toContain(await client.refusal('identityProviders.importFromUrl', imported))
  const certificate = new FormData()
  certificate.append('keystoreFormat', 'Certificate PEM')
  certificate.append('file', new Blob(['no certificate']), 'c.pem')
  expect(await client.refusal('identityProviders.uploadCertificate', {}, certificate)).toBe(400)
  expect(await client.refusal('identityProviders.listPermissions', { alias })).toBe(501)
  const enabled = { enabled: true }
  expect(await client.refusal('identityProviders.updatePermission', { alias }, enabled)).toBe(501)
  await client.call('identityProviders.del', { alias })
}
