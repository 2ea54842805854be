import { expect } from 'vitest'
import type { DrivenClient, Resource } from './driven-client.ts'

interface Role {
  readonly id: string
  readonly name: string
}

/** What later methods need of what was made. */
export interface People {
  readonly user: string
  readonly role: Role
  readonly clientRole: Role
}

/** Roles, groups, users and organizations; `client` is a client of the realm. */
export async function drivePeople(client: DrivenClient, booking: string): Promise<People> {
  const roles = await driveRoles(client, booking)
  const { id: user } = await client.call('users.create', {
    username: 'guest',
    enabled: true,
    email: 'guest@example.org',
    emailVerified: true,
  })
  const people = { user, ...roles }
  await driveUsers(client, people)
  await driveMappings(client, 'users', user, booking, people)
  await driveGroups(client, booking, people)
  await driveOrganizations(client, people)
  return people
}

async function driveRoles(client: DrivenClient, booking: string) {
  await client.call('roles.create', { name: 'booker' })
  await client.call('roles.updateByName', { name: 'booker' }, { name: 'booker', description: 'b' })
  const role = await client.call<Role>('roles.findOneByName', { name: 'booker' })
  await client.call('roles.updateById', { id: role.id }, { ...role, description: 'books' })
  expect(await client.call('roles.findOneById', { id: role.id })).toMatchObject({
    description: 'books',
  })
  expect(await client.call('roles.find', { search: 'book' })).toHaveLength(1)
  expect(await client.call('roles.findUsersWithRole', { name: 'booker' })).toEqual([])
  await client.call('roles.create', { name: 'part' })
  const part = await client.call<Role>('roles.findOneByName', { name: 'part' })
  await client.call('clients.createRole', { id: booking, name: 'opener' })
  const opener = { id: booking, roleName: 'opener' }
  await client.call('clients.updateRole', opener, { name: 'opener', description: 'o' })
  const clientRole = await client.call<Role>('clients.findRole', opener)
  // The other one came with the client's authorization services.
  expect(await client.call('clients.listRoles', { id: booking })).toHaveLength(2)
  expect(await client.call('clients.findUsersWithRole', opener)).toEqual([])
  const composite = { roleId: role.id, id: role.id }
  await client.call('roles.createComposite', composite, [part, clientRole])
  expect(await client.call('roles.getCompositeRoles', composite)).toHaveLength(2)
  expect(await client.call('roles.getCompositeRolesForRealm', composite)).toHaveLength(1)
  expect(
    await client.call('roles.getCompositeRolesForClient', { ...composite, clientId: booking }),
  ).toHaveLength(1)
  await client.call('roles.delCompositeRoles', composite, [part, clientRole])
  expect(await client.refusal('roles.listPermissions', { id: role.id })).toBe(501)
  expect(await client.refusal('roles.updatePermission', { id: role.id }, { enabled: true })).toBe(
    501,
  )
  await client.call('roles.delByName', { name: 'part' })
  await client.call('roles.create', { name: 'short' })
  const short = await client.call<Role>('roles.findOneByName', { name: 'short' })
  await client.call('roles.delById', { id: short.id })
  await client.call('clients.createRole', { id: booking, name: 'closer' })
  await client.call('clients.delRole', { id: booking, roleName: 'closer' })
  return { role, clientRole }
}

async function driveUsers(client: DrivenClient, { user: id }: People): Promise<void> {
  expect(await client.call('users.find', { username: 'guest', exact: true })).toHaveLength(1)
  expect(await client.call('users.count', { search: 'guest' })).toBe(1)
  await client.call('users.update', { id }, { firstName: 'Gus', lastName: 'Tav' })
  expect(await client.call('users.findOne', { id })).toMatchObject({ firstName: 'Gus' })
  const profile = await client.call<object>('users.getProfile', {})
  await client.call('users.updateProfile', { ...profile, unmanagedAttributePolicy: 'ENABLED' })
  expect(await client.call('users.getProfileMetadata', {})).toHaveProperty('attributes.0.name')
  expect(await client.call('users.getUnmanagedAttributes', { id })).toEqual({})
  const credential = { type: 'password', value: 'first-Passw0rd', temporary: false }
  await client.call('users.resetPassword', { id, credential })
  const [password] = await client.call<{ id: string }[]>('users.getCredentials', { id })
  const credentialId = password?.id ?? ''
  await client.call('users.updateCredentialLabel', { id, credentialId }, 'mine')
  await client.call('users.moveCredentialPositionUp', { id, credentialId })
  const behind = { id, credentialId, newPreviousCredentialId: credentialId }
  expect([0, 400]).toContain(await client.refusal('users.moveCredentialPositionDown', behind))
  expect(await client.refusal('users.removeTotp', { id })).toBe(404)
  await client.call('users.deleteCredential', { id, credentialId })
  expect(await client.call('users.getUserStorageCredentialTypes', { id })).toEqual([])
  await client.call('users.executeActionsEmail', { id, actions: ['UPDATE_PASSWORD'] })
  await client.call('users.sendVerifyEmail', { id })
  await client.call('identityProviders.create', {
    alias: 'partner',
    providerId: 'oidc',
    config: {},
  })
  const link = { id, federatedIdentityId: 'partner' }
  await client.call('users.addToFederatedIdentity', {
    ...link,
    federatedIdentity: { userId: 'p-1', userName: 'p' },
  })
  expect(await client.call('users.listFederatedIdentities', { id })).toMatchObject([
    { identityProvider: 'partner', userId: 'p-1' },
  ])
  await client.call('users.delFromFederatedIdentity', link)
  expect(await client.call('users.listSessions', { id })).toEqual([])
  expect(await client.call('users.listConsents', { id })).toEqual([])
  expect(await client.refusal('users.revokeConsent', { id, clientId: 'account' })).toBe(404)
  await client.call('users.logout', { id })
  const { realm } = client
  const become = await client.call('users.impersonation', { id, realm }, { user: id, realm })
  expect(become).toHaveProperty('redirect')
  expect(await client.call('attackDetection.findOne', { id })).toMatchObject({ disabled: false })
  await client.call('attackDetection.del', { id })
  await client.call('attackDetection.delAll', {})
}

/** Role mappings of a user or a group. */
async function driveMappings(
  client: DrivenClient,
  kind: 'groups' | 'users',
  id: string,
  clientUniqueId: string,
  { role, clientRole }: People,
): Promise<void> {
  const names = async (list: string, given: object) =>
    (await client.call<Role[]>(`${kind}.list${list}RoleMappings`, given)).map(({ name }) => name)
  expect(await names('AvailableRealm', { id })).toContain('booker')
  await client.call(`${kind}.addRealmRoleMappings`, { id, roles: [role] })
  expect(await names('Realm', { id })).toContain('booker')
  expect(await names('CompositeRealm', { id })).toContain('booker')
  const ofClient = { id, clientUniqueId }
  expect(await names('AvailableClient', ofClient)).toContain('opener')
  await client.call(`${kind}.addClientRoleMappings`, { ...ofClient, roles: [clientRole] })
  expect(await names('Client', ofClient)).toEqual(['opener'])
  expect(await names('CompositeClient', ofClient)).toEqual(['opener'])
  const all = await client.call(`${kind}.listRoleMappings`, { id })
  expect(all).toHaveProperty('clientMappings.booking')
  await client.call(`${kind}.delRealmRoleMappings`, { id, roles: [role] })
  await client.call(`${kind}.delClientRoleMappings`, { ...ofClient, roles: [clientRole] })
}

async function driveGroups(client: DrivenClient, booking: string, people: People): Promise<void> {
  const { id } = await client.call('groups.create', { name: 'floor' })
  await client.call('groups.updateRoot', { id, name: 'floors' })
  await client.call('groups.update', { id }, { name: 'floors', attributes: { level: ['3'] } })
  expect(await client.call('groups.findOne', { id })).toMatchObject({
    attributes: { level: ['3'] },
  })
  const child = await client.call('groups.createChildGroup', { id }, { name: 'room' })
  await client.call('groups.updateChildGroup', { id }, { id: child.id, name: 'room' })
  expect(await client.call('groups.listSubGroups', { parentId: id })).toMatchObject([
    { name: 'room' },
  ])
  expect(await client.call('groups.find', { search: 'room' })).toHaveLength(1)
  expect(await client.call('groups.count', {})).toEqual({ count: 2 })
  const membership = { id: people.user, groupId: id }
  await client.call('users.addToGroup', membership)
  expect(await client.call('users.listGroups', { id: people.user })).toMatchObject([{ id }])
  expect(await client.call('users.countGroups', { id: people.user })).toEqual({ count: 1 })
  expect(await client.call('groups.listMembers', { id })).toHaveLength(1)
  await client.call('users.delFromGroup', membership)
  const ofRealm = { realm: client.realm, id }
  await client.call('realms.addDefaultGroup', ofRealm)
  expect(await client.call('realms.getDefaultGroups', ofRealm)).toMatchObject([{ id }])
  await client.call('realms.removeDefaultGroup', ofRealm)
  const path = { realm: client.realm, path: 'floors/room' }
  expect(await client.call('realms.getGroupByPath', path)).toMatchObject({ id: child.id })
  await driveMappings(client, 'groups', id, booking, people)
  expect(await client.refusal('groups.listPermissions', { id })).toBe(501)
  expect(await client.refusal('groups.updatePermission', { id }, { enabled: true })).toBe(501)
  await client.call('groups.del', { id })
}

async function driveOrganizations(client: DrivenClient, { user }: People): Promise<void> {
  const name = 'visitors'
  const { id } = await client.call('organizations.create', { name, domains: [{ name }] })
  const organization = await client.call<object>('organizations.findOne', { id })
  await client.call('organizations.updateById', { id }, { ...organization, description: 'd' })
  expect(await client.call('organizations.find', { search: name })).toHaveLength(1)
  const member = { orgId: id, userId: user }
  await client.call('organizations.addMember', member)
  expect(await client.call('organizations.listMembers', { orgId: id })).toHaveLength(1)
  expect(await client.call('organizations.getMember', member)).toMatchObject({ id: user })
  expect(await client.call('organizations.memberOrganizations', { userId: user })).toHaveLength(1)
  const groups = await client.call<Resource>('organizations.groups', id)
  const { id: groupId } = await client.callOn(groups, 'groups.create', { name: 'suite' })
  const membership = { groupId, userId: user }
  await client.callOn(groups, 'groups.addMemberToOrgGroup', membership)
  const ofMember = { id: user }
  expect(await client.callOn(groups, 'groups.listOrgGroups', ofMember)).toMatchObject([
    { name: 'suite' },
  ])
  await client.callOn(groups, 'groups.removeMemberFromOrgGroup', membership)
  await client.call('organizations.delMember', member)
  const link = { orgId: id, alias: 'partner' }
  await client.call('organizations.linkIdp', link)
  expect(await client.call('organizations.listIdentityProviders', { orgId: id })).toHaveLength(1)
  await client.call('organizations.unLinkIdp', link)
  const existing = new FormData()
  existing.append('id', user)
  await client.call('organizations.inviteExistingUser', { orgId: id }, existing)
  const stranger = new FormData()
  stranger.append('email', 'new@example.org')
  await client.call('organizations.invite', { orgId: id }, stranger)
  const invitations = await client.call<{ id: string }[]>('organizations.listInvitations', {
    orgId: id,
  })
  expect(invitations).toHaveLength(2)
  const invitation = { orgId: id, invitationId: invitations[0]?.id }
  expect(await client.call('organizations.findInvitation', invitation)).toHaveProperty('email')
  await client.call('organizations.resendInvitation', invitation)
  // The one that was sent again is another now.
  const other = { orgId: id, invitationId: invitations[1]?.id }
  await client.call('organizations.deleteInvitation', other)
  await client.call('organizations.delById', { id })
}
