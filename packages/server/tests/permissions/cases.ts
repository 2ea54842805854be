import { type Case, clientRole, each, mapper, plainRole, realmAdmin, viewUsers } from './case.ts'
import {
  authentication,
  clientScopes,
  identityProviders,
  organizations,
} from './configuration-cases.ts'
import { reads } from './read-cases.ts'

const realm = each([
  ['PUT realm', '', { displayName: 'shown' }],
  ['POST clear-realm-cache', '/clear-realm-cache'],
  ['POST clear-user-cache', '/clear-user-cache'],
  ['POST clear-keys-cache', '/clear-keys-cache'],
  ['PUT events config', '/events/config', { eventsEnabled: false }],
  ['DELETE events', '/events'],
  ['DELETE admin-events', '/admin-events'],
  ['PUT user profile', '/users/profile', { attributes: [{ name: 'username' }, { name: 'email' }] }],
  ['PUT client policies', '/client-policies/policies', { policies: [] }],
  ['PUT client profiles', '/client-policies/profiles', { profiles: [] }],
  ['PUT default-groups', '/default-groups/{group}'],
  ['DELETE default-groups', '/default-groups/{group}'],
  ['PUT default-default-client-scopes', '/default-default-client-scopes/{clientScope}'],
  ['DELETE default-default-client-scopes', '/default-default-client-scopes/{clientScope}'],
  ['PUT default-optional-client-scopes', '/default-optional-client-scopes/{clientScope}'],
  ['DELETE default-optional-client-scopes', '/default-optional-client-scopes/{clientScope}'],
  ['POST partial import', '/partialImport', { ifResourceExists: 'SKIP' }],
  ['POST partial export', '/partial-export'],
  ['DELETE attack detection', '/attack-detection/brute-force/users'],
  ['DELETE attack detection of a user', '/attack-detection/brute-force/users/{user}'],
  ['POST initial access', '/clients-initial-access', { count: 1, expiration: 60 }],
  ['DELETE initial access', '/clients-initial-access/{user}'],
  ['DELETE session', '/sessions/{user}'],
  [
    'POST component',
    '/components',
    {
      name: 'key-{who}',
      providerId: 'hmac-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      config: { priority: ['-100'] },
    },
  ],
  [
    'PUT component',
    '/components/{component}',
    {
      name: 'key-{who}',
      providerId: 'hmac-generated',
      providerType: 'org.keycloak.keys.KeyProvider',
      config: { priority: ['-100'] },
    },
  ],
  ['DELETE component', '/components/{component}'],
])

const users = each([
  ['POST user', '/users', { username: 'made-{who}' }],
  ['PUT user', '/users/{user}', { firstName: 'Other' }],
  ['PUT reset-password', '/users/{user}/reset-password', { type: 'password', value: 'secret9' }],
  ['POST logout', '/users/{user}/logout'],
  ['POST impersonation', '/users/{user}/impersonation'],
  ['PUT group of user', '/users/{user}/groups/{group}'],
  ['DELETE group of user', '/users/{user}/groups/{group}'],
  ['PUT administrators group of user', '/users/{user}/groups/{administrators}'],
  ['POST realm role of user', '/users/{user}/role-mappings/realm', plainRole],
  ['DELETE realm role of user', '/users/{user}/role-mappings/realm', plainRole],
  ['POST client role of user', '/users/{user}/role-mappings/clients/{client}', clientRole],
  ['DELETE client role of user', '/users/{user}/role-mappings/clients/{client}', clientRole],
  ['POST view-users of user', '/users/{user}/role-mappings/clients/{administration}', viewUsers],
  ['DELETE view-users of user', '/users/{user}/role-mappings/clients/{administration}', viewUsers],
  ['POST realm-admin of user', '/users/{user}/role-mappings/clients/{administration}', realmAdmin],
  [
    'POST composite of realm-admin of user',
    '/users/{user}/role-mappings/realm',
    [{ id: '{adminComposite}', name: 'admin-composite' }],
  ],
  [
    'POST federated identity',
    '/users/{user}/federated-identity/{idp}',
    { userId: 'a', userName: 'b' },
  ],
  ['DELETE federated identity', '/users/{user}/federated-identity/{idp}'],
  ['PUT disable credential types', '/users/{user}/disable-credential-types', ['otp']],
  ['DELETE consent', '/users/{user}/consents/app'],
  ['DELETE credential', '/users/{user}/credentials/{group}'],
  ['POST credential moveToFirst', '/users/{user}/credentials/{group}/moveToFirst'],
  ['PUT execute-actions-email', '/users/{user}/execute-actions-email', ['VERIFY_EMAIL']],
  ['PUT send-verify-email', '/users/{user}/send-verify-email'],
  ['DELETE user', '/users/{user}'],
])

const groups = each([
  ['POST group', '/groups', { name: 'made-{who}' }],
  ['POST child group', '/groups/{group}/children', { name: 'child' }],
  ['PUT group', '/groups/{group}', { name: 'renamed-{who}' }],
  ['POST realm role of group', '/groups/{group}/role-mappings/realm', plainRole],
  ['DELETE realm role of group', '/groups/{group}/role-mappings/realm', plainRole],
  ['POST client role of group', '/groups/{group}/role-mappings/clients/{client}', clientRole],
  ['DELETE client role of group', '/groups/{group}/role-mappings/clients/{client}', clientRole],
  ['POST view-users of group', '/groups/{group}/role-mappings/clients/{administration}', viewUsers],
  [
    'POST realm-admin of group',
    '/groups/{group}/role-mappings/clients/{administration}',
    realmAdmin,
  ],
  ['DELETE group', '/groups/{group}'],
])

const composites = '/composites'
const role = { name: 'role-{who}', description: 'changed' }
const roles = each([
  ['POST realm role', '/roles', { name: 'made-{who}' }],
  ['PUT realm role', '/roles/role-{who}', role],
  [
    'POST realm role into realm role',
    `/roles/role-{who}${composites}`,
    [{ id: '{otherRole}', name: 'other' }],
  ],
  [
    'DELETE realm role from realm role',
    `/roles/role-{who}${composites}`,
    [{ id: '{otherRole}', name: 'other' }],
  ],
  ['POST client role into realm role', `/roles/role-{who}${composites}`, clientRole],
  ['POST view-users into realm role', `/roles/role-{who}${composites}`, viewUsers],
  ['DELETE view-users from realm role', `/roles/role-{who}${composites}`, viewUsers],
  ['POST realm-admin into realm role', `/roles/role-{who}${composites}`, realmAdmin],
  ['POST realm role into the default roles', `/roles-by-id/{defaultRole}${composites}`, plainRole],
  [
    'DELETE realm role from the default roles',
    `/roles-by-id/{defaultRole}${composites}`,
    plainRole,
  ],
  ['GET realm role by id', '/roles-by-id/{realmRole}'],
  ['GET client role by id', '/roles-by-id/{clientRole}'],
  ['GET composites of realm role by id', `/roles-by-id/{realmRole}${composites}`],
  ['GET composites of client role by id', `/roles-by-id/{clientRole}${composites}`],
  ['PUT realm role by id', '/roles-by-id/{realmRole}', role],
  ['PUT client role by id', '/roles-by-id/{clientRole}', { name: 'client-role-{who}' }],
  ['PUT administration role by id', '/roles-by-id/{viewUsers}', { name: 'view-users' }],
  ['PUT unknown role by id', '/roles-by-id/{user}', role],
  [
    'POST realm role into realm role by id',
    `/roles-by-id/{realmRole}${composites}`,
    [{ id: '{otherRole}' }],
  ],
  [
    'DELETE realm role from realm role by id',
    `/roles-by-id/{realmRole}${composites}`,
    [{ id: '{otherRole}' }],
  ],
  [
    'POST realm role into client role by id',
    `/roles-by-id/{clientRole}${composites}`,
    [{ id: '{otherRole}' }],
  ],
  [
    'DELETE realm role from client role by id',
    `/roles-by-id/{clientRole}${composites}`,
    [{ id: '{otherRole}' }],
  ],
  ['POST view-users into client role by id', `/roles-by-id/{clientRole}${composites}`, viewUsers],
  [
    'POST realm role into administration role by id',
    `/roles-by-id/{viewUsers}${composites}`,
    plainRole,
  ],
  ['DELETE from administration role by id', `/roles-by-id/{viewUsers}${composites}`, plainRole],
  ['DELETE administration role by id', '/roles-by-id/{viewUsers}'],
])

const client = '/clients/{client}'
const clients = each([
  ['POST client', '/clients', { clientId: 'made-{who}' }],
  ['PUT client', client, { clientId: 'app-{who}', description: 'changed' }],
  ['POST client-secret', `${client}/client-secret`],
  ['DELETE rotated secret', `${client}/client-secret/rotated`],
  ['POST registration-access-token', `${client}/registration-access-token`],
  ['POST push-revocation of client', `${client}/push-revocation`],
  ['POST node', `${client}/nodes`, { node: 'host' }],
  ['DELETE node', `${client}/nodes/host`],
  ['POST certificate', `${client}/certificates/jwt.credential/generate`],
  ['POST client role', `${client}/roles`, { name: 'made' }],
  ['PUT client role', `${client}/roles/client-role-{who}`, { name: 'client-role-{who}' }],
  [
    'POST realm role into client role',
    `${client}/roles/client-role-{who}${composites}`,
    [{ id: '{otherRole}' }],
  ],
  [
    'DELETE realm role from client role',
    `${client}/roles/client-role-{who}${composites}`,
    [{ id: '{otherRole}' }],
  ],
  ['POST view-users into client role', `${client}/roles/client-role-{who}${composites}`, viewUsers],
  ['POST client mapper', `${client}/protocol-mappers/models`, mapper],
  ['POST client mappers', `${client}/protocol-mappers/add-models`, [{ ...mapper, name: 'second' }]],
  [
    'PUT client mapper',
    `${client}/protocol-mappers/models/{clientMapper}`,
    { ...mapper, id: '{clientMapper}', name: 'present' },
  ],
  ['DELETE client mapper', `${client}/protocol-mappers/models/{clientMapper}`],
  ['PUT default scope of client', `${client}/default-client-scopes/{clientScope}`],
  ['DELETE default scope of client', `${client}/default-client-scopes/{clientScope}`],
  ['PUT optional scope of client', `${client}/optional-client-scopes/{clientScope}`],
  ['DELETE optional scope of client', `${client}/optional-client-scopes/{clientScope}`],
  ['POST realm role of client scope mappings', `${client}/scope-mappings/realm`, plainRole],
  ['DELETE realm role of client scope mappings', `${client}/scope-mappings/realm`, plainRole],
  [
    'POST client role of client scope mappings',
    `${client}/scope-mappings/clients/{client}`,
    clientRole,
  ],
  [
    'POST view-users of client scope mappings',
    `${client}/scope-mappings/clients/{administration}`,
    viewUsers,
  ],
  [
    'POST realm-admin of client scope mappings',
    `${client}/scope-mappings/clients/{administration}`,
    realmAdmin,
  ],
])

const administration = '/clients/{administration}'
const administrationClient = each([
  [
    'PUT administration client',
    administration,
    { clientId: '{administrationId}', description: 'a' },
  ],
  ['POST secret of administration client', `${administration}/client-secret`],
  ['POST role of administration client', `${administration}/roles`, { name: 'made-{who}' }],
  [
    'PUT role of administration client',
    `${administration}/roles/view-users`,
    { name: 'view-users' },
  ],
  [
    'POST into role of administration client',
    `${administration}/roles/view-users${composites}`,
    plainRole,
  ],
  [
    'DELETE from role of administration client',
    `${administration}/roles/view-users${composites}`,
    plainRole,
  ],
  ['DELETE role of administration client', `${administration}/roles/view-users`],
  ['POST mapper of administration client', `${administration}/protocol-mappers/models`, mapper],
  [
    'PUT default scope of administration client',
    `${administration}/default-client-scopes/{clientScope}`,
  ],
  [
    'DELETE default scope of administration client',
    `${administration}/default-client-scopes/{clientScope}`,
  ],
  [
    'POST scope mapping of administration client',
    `${administration}/scope-mappings/realm`,
    plainRole,
  ],
  ['POST node of administration client', `${administration}/nodes`, { node: 'host' }],
  ['DELETE administration client', administration],
])

const last = each([
  ['DELETE client role by id', '/roles-by-id/{clientRole}'],
  ['DELETE realm role by id', '/roles-by-id/{realmRole}'],
  ['DELETE realm role', '/roles/second-{who}'],
  ['DELETE client role', `${client}/roles/second-{who}`],
  ['DELETE client', client],
])

/** They end the sessions of whoever is at work here, too. */
const revocations = each([
  ['POST push-revocation', '/push-revocation'],
  ['POST logout-all', '/logout-all'],
])

/** Every write, in an order in which each victim is there as long as it is needed. */
export const cases: readonly Case[] = [
  ...realm,
  ...roles,
  ...clients,
  ...administrationClient,
  ...reads,
  ...clientScopes.filter(({ name }) => !name.startsWith('DELETE client scope')),
  ...groups.filter(({ name }) => name !== 'DELETE group'),
  ...users,
  ...authentication,
  ...identityProviders,
  ...organizations,
  ...last,
  ...clientScopes.filter(({ name }) => name === 'DELETE client scope'),
  ...groups.filter(({ name }) => name === 'DELETE group'),
  ...revocations,
]
