import type { Queryable } from '@holdfast/server/database/database'

/** What the realm `other` consists of. Every id and name is `other` and what it is of. */
export const ids = {
  realm: 'other',
  client: 'other-client',
  clientId: 'other-client-id',
  clientScope: 'other-client-scope',
  code: 'other-code',
  component: 'other-component',
  domain: 'other.example',
  group: 'other-group',
  identityProvider: 'other-idp',
  initialAccess: 'other-initial-access',
  mapper: 'other-mapper',
  mail: 'other-mail',
  message: 'other-message',
  organization: 'other-organization',
  organizationGroup: 'other-organization-group',
  resource: 'other-resource',
  role: 'other-role',
  session: 'other-session',
  step: 'other-step',
  ticket: 'other-ticket',
  user: 'other-user',
  workflow: 'other-workflow',
} as const

/** Far ahead, in milliseconds since the epoch: nothing is over. */
export const later = 8_000_000_000_000

const o = (name: keyof typeof ids) => `'${ids[name]}'`

const statements: readonly string[] = [
  `INSERT INTO realm (id, name, enabled, default_role_id, settings, ver)
     VALUES ('mine', 'mine', true, 'none', '{}', 1), ('other', 'other', true, ${o('role')}, '{}', 1)`,
  `INSERT INTO component (id, realm_id, parent_id, provider_type, provider_id, name, config)
     VALUES (${o('component')}, 'other', 'other', 'type', 'kind', 'other', '{}'),
            (${o('workflow')}, 'other', 'other', 'type', 'kind', 'other', '{}')`,
  `INSERT INTO client_scope (id, realm_id, name, protocol, representation)
     VALUES (${o('clientScope')}, 'other', ${o('clientScope')}, 'openid-connect', '{}')`,
  `INSERT INTO client (id, realm_id, client_id, enabled, representation, ver)
     VALUES (${o('client')}, 'other', ${o('clientId')}, true, '{"clientAuthenticatorType": "federated-jwt",
       "attributes": {"jwt.credential.sub": "other-subject"}, "defaultClientScopes": ["other-client-scope"]}', 1)`,
  `INSERT INTO client_initial_access (id, realm_id, created_at, count, remaining)
     VALUES (${o('initialAccess')}, 'other', 1, 5, 5)`,
  `INSERT INTO role (id, realm_id, client_id, name, ver)
     VALUES (${o('role')}, 'other', NULL, 'other', 1), ('other-client-role', 'other', ${o('client')}, 'other', 1)`,
  `INSERT INTO scope_mapping (container_id, role_id) VALUES (${o('client')}, ${o('role')})`,
  `INSERT INTO user_group (id, realm_id, name, ver) VALUES (${o('group')}, 'other', 'other', 1)`,
  `INSERT INTO group_role (group_id, role_id) VALUES (${o('group')}, ${o('role')})`,
  `INSERT INTO identity_provider (id, realm_id, alias, provider_id, enabled, config, organization_id)
     VALUES ('other-idp-id', 'other', ${o('identityProvider')}, 'oidc', true, '{"issuer": "other-issuer"}',
       ${o('organization')})`,
  `INSERT INTO identity_provider_mapper (id, realm_id, alias, name, mapper)
     VALUES (${o('mapper')}, 'other', ${o('identityProvider')}, 'other', 'kind')`,
  `INSERT INTO users (id, realm_id, username, email, email_key, enabled, created_at, ver, representation)
     VALUES (${o('user')}, 'other', ${o('user')}, 'u@other.example', 'u@other.example', true, 1, 1,
       '{"federationLink": "other-component"}')`,
  `INSERT INTO users (id, realm_id, username, enabled, created_at, service_account_client_id)
     VALUES ('other-service-account', 'other', 'other-service-account', true, 1, ${o('client')})`,
  `INSERT INTO user_role (user_id, role_id) VALUES (${o('user')}, ${o('role')})`,
  `INSERT INTO user_membership (user_id, group_id) VALUES (${o('user')}, ${o('group')})`,
  `INSERT INTO federated_identity (user_id, realm_id, identity_provider, federated_user_id)
     VALUES (${o('user')}, 'other', ${o('identityProvider')}, 'other-account')`,
  `INSERT INTO user_consent (user_id, client_id, scopes, created_at, updated_at)
     VALUES (${o('user')}, ${o('client')}, '["email"]', 1, 1)`,
  `INSERT INTO organization (id, realm_id, name, alias, enabled)
     VALUES (${o('organization')}, 'other', 'other', 'other', true)`,
  `INSERT INTO organization_domain (realm_id, name, organization_id) VALUES ('other', ${o('domain')}, ${o('organization')})`,
  `INSERT INTO organization_member (organization_id, user_id, realm_id)
     VALUES (${o('organization')}, ${o('user')}, 'other')`,
  `INSERT INTO organization_group (id, realm_id, organization_id, name)
     VALUES (${o('organizationGroup')}, 'other', ${o('organization')}, 'other')`,
  `INSERT INTO resource_server (client_id, realm_id, settings) VALUES (${o('client')}, 'other', '{}')`,
  `INSERT INTO resource_server_entry (id, client_id, kind, name, owner, representation)
     VALUES (${o('resource')}, ${o('client')}, 'resource', 'other', ${o('user')}, '{}')`,
  `INSERT INTO permission_ticket (id, client_id, resource_id, owner, requester, created_at)
     VALUES (${o('ticket')}, ${o('client')}, ${o('resource')}, ${o('client')}, ${o('user')}, 1)`,
  `INSERT INTO user_session (id, offline, realm_id, user_id, started_at, last_access, expires_at, remember_me)
     SELECT ${o('session')}, offline, 'other', ${o('user')}, 1, 1, ${later}, false FROM unnest('{f,t}'::boolean[]) offline`,
  `INSERT INTO client_session (session_id, offline, client_id, realm_id, started_at, last_access)
     SELECT ${o('session')}, offline, ${o('client')}, 'other', 1, 1 FROM unnest('{f,t}'::boolean[]) offline`,
  `INSERT INTO authentication_session (id, tab_id, realm_id, state, expires_at)
     VALUES ('other-browser', 'other-tab', 'other', '{}', ${later})`,
  `INSERT INTO login_failure (realm_id, user_id, failures, last_failure) VALUES ('other', ${o('user')}, 3, 1)`,
  `INSERT INTO login_event (id, realm_id, at, type) VALUES ('other-event', 'other', 1, 'LOGIN')`,
  `INSERT INTO admin_event (id, realm_id, at, operation, resource_type, resource_path, auth)
     VALUES ('other-event', 'other', 1, 'CREATE', 'USER', 'users/x', '{}')`,
  `INSERT INTO mail (id, realm_id, asked_at, deadline) VALUES (${o('mail')}, 'other', 1, ${later})`,
  `INSERT INTO webhook_message (id, realm_id, webhook_id, type, payload, created_at, died_at)
     VALUES (${o('message')}, 'other', 'other-webhook', 'LOGIN', '{}', 1, 1)`,
  `INSERT INTO workflow_event (realm_id, event, user_id, depth, created_at)
     VALUES ('other', 'other-event', ${o('user')}, 0, 1)`,
  `INSERT INTO workflow_run (id, realm_id, workflow_id, user_id, step_id, due_at, waited, depth)
     VALUES ('other-run', 'other', ${o('workflow')}, ${o('user')}, ${o('step')}, 1, false, 0)`,
  `INSERT INTO unfinished_import (realm_id, fingerprint, enabled) VALUES ('other', 'other', true)`,
]

/** Makes the realm `mine`, which has nothing, and the realm `other`, which has one of everything. */
export async function insertForeignRows(database: Queryable): Promise<void> {
  for (const statement of statements) await database.query(statement)
}
