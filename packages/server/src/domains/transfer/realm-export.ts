import type { Database, Queryable } from '../../database/database.ts'
import {
  adminAuthorizationSchema,
  adminPermissionsClientId,
} from '../administration/admin-permissions-schema.ts'
import type { Clients } from '../clients/clients.ts'
import type { Credentials } from '../credentials/credentials.ts'
import { configOf } from '../flows/changes/flow-executions.ts'
import {
  identityProviderMapperRepresentation,
  identityProviderRepresentation,
} from '../identity-providers/identity-provider-representation.ts'
import type { IdentityProviders } from '../identity-providers/identity-providers.ts'
import { OrganizationStore } from '../organizations/organization-store.ts'
import type {
  AuthenticationFlow,
  AuthenticatorConfig,
  ClientScope,
  Component,
  Realm,
} from '../realms/realm.ts'
import type { RealmId } from '../typed-ids.ts'
import type { AuthorizationTransfer } from './authorization-transfer.ts'
import { groupPathsOf, groupTree, namesByOwner } from './group-export.ts'
import { exportOrganizations } from './organization-export.ts'
import { type ExportedRole, RealmExportStore } from './realm-export-store.ts'
import {
  type ClientExport,
  type ClientScopeExport,
  type ComponentExport,
  exportFormatVersion,
  type RealmRepresentation,
  type RoleRepresentation,
  type ScopeMappingRepresentation,
  type UserRepresentation,
} from './representation.ts'
import { type ExportedUser, UserExportStore } from './user-export-store.ts'

export interface RealmExportDeps {
  readonly database: Database
  readonly identityProviders: Pick<IdentityProviders, 'allIn'>
  readonly clients: Pick<Clients, 'allIn'>
  readonly authorization: AuthorizationTransfer
  readonly credentials: Pick<Credentials, 'secrets'>
}

/** Which users an export holds; `service-accounts` is what Keycloak exports when users are skipped. */
export type ExportedUsers = 'all' | 'service-accounts' | 'none'

/** Longest time that one statement of an export may take, milliseconds. */
const exportStatementTimeoutMs = 600_000
const usersPerPage = 500

/** Writes realms as Keycloak's RealmRepresentation, everything that was imported included. */
export class RealmExport {
  readonly #deps: RealmExportDeps
  readonly #store = new RealmExportStore()
  readonly #organizationStore = new OrganizationStore()
  readonly #userStore: UserExportStore

  constructor(deps: RealmExportDeps) {
    this.#deps = deps
    this.#userStore = new UserExportStore(deps.credentials.secrets)
  }

  /** @returns how many users an export of the realm is going to hold */
  async userCount(realm: Realm): Promise<number> {
    return await this.#userStore.count(this.#deps.database, realm.id)
  }

  /**
   * Reads one realm in one snapshot of the database.
   * @param realm not from a cache that may be behind, where that matters
   * @param onUsers called with each page of users, in the order of user names
   * @param onRealm called with the representation without users before the first of them
   * @returns the representation without users
   */
  async exportRealm(
    realm: Realm,
    users: ExportedUsers,
    onUsers: (page: UserRepresentation[]) => Promise<void>,
    onRealm?: (realm: RealmRepresentation) => Promise<void>,
  ): Promise<RealmRepresentation> {
    return await this.#deps.database.transaction(
      async (tx) => {
        const groups = await this.#store.groups(tx, realm.id)
        const paths = groupPathsOf(groups)
        const { providers, mappers } = await this.#deps.identityProviders.allIn(tx, realm.id)
        const clients = await this.#clients(tx, realm)
        const exported: RealmRepresentation = {
          ...realm.settings,
          ...permissionsClientOf(realm, clients),
          identityProviders: providers.map((provider) =>
            identityProviderRepresentation({ ...provider, organizationId: null }),
          ),
          identityProviderMappers: mappers.map(identityProviderMapperRepresentation),
          id: realm.id,
          realm: realm.name,
          enabled: realm.enabled,
          ...(await this.#roles(tx, realm)),
          groups: groupTree(groups, paths),
          ...(await this.#scopeMappings(tx, realm.id)),
          clients,
          clientScopes: realm.clientScopes.map(clientScopeOf),
          components: nested(realm.components, realm.id),
          authenticationFlows: realm.settings.authenticationFlows.map((flow) =>
            flowOf(realm, flow),
          ),
          ...(await exportOrganizations(
            tx,
            { organizations: this.#organizationStore, rows: this.#store },
            realm.id,
            providers,
          )),
          keycloakVersion: exportFormatVersion,
        }
        await onRealm?.(exported)
        if (users !== 'none') await this.#exportUsers(tx, realm.id, users, paths, onUsers)
        return exported
      },
      { statementTimeoutMs: exportStatementTimeoutMs, snapshot: true },
    )
  }

  async #exportUsers(
    tx: Queryable,
    realmId: RealmId,
    users: ExportedUsers,
    paths: ReadonlyMap<string, string>,
    onUsers: (page: UserRepresentation[]) => Promise<void>,
  ): Promise<void> {
    const serviceAccountsOnly = users === 'service-accounts'
    let after = ''
    for (;;) {
      const page = await this.#userStore.page(tx, realmId, after, usersPerPage, serviceAccountsOnly)
      const last = page.at(-1)
      if (!last) return
      await onUsers(page.map((user) => userOf(user, paths)))
      if (page.length < usersPerPage) return
      after = last.username
    }
  }

  async #roles(tx: Queryable, realm: Realm) {
    const all = await this.#store.roles(tx, realm.id)
    const clients = await this.#deps.clients.allIn(tx, realm.id)
    const client: Record<string, RoleRepresentation[]> = Object.fromEntries(
      clients.map(({ clientId }) => [clientId, []]),
    )
    const ofRealm: RoleRepresentation[] = []
    let defaultRole: RoleRepresentation = { name: `default-roles-${realm.name}` }
    for (const role of all) {
      const representation = roleOf(role, realm.id)
      if (role.clientId === null) ofRealm.push(representation)
      else client[role.clientId]?.push(representation)
      if (role.id === realm.defaultRoleId) {
        const { composites: _, attributes: __, ...brief } = representation
        defaultRole = brief
      }
    }
    return { roles: { realm: ofRealm, client }, defaultRole }
  }

  async #clients(tx: Queryable, realm: Realm): Promise<ClientExport[]> {
    const rows = await this.#deps.clients.allIn(tx, realm.id)
    const clients: ClientExport[] = []
    for (const { id, clientId, enabled, representation } of rows) {
      const client: ClientExport = { ...representation, id, clientId, enabled }
      if (client.protocolMappers?.length === 0) delete client.protocolMappers
      if (client.authorizationServicesEnabled) {
        const settings = await this.#deps.authorization.settingsOf(realm, id)
        const schema =
          clientId === adminPermissionsClientId
            ? { authorizationSchema: adminAuthorizationSchema() }
            : {}
        if (settings) {
          client['authorizationSettings'] = JSON.parse(JSON.stringify({ ...settings, ...schema }))
        }
      }
      clients.push(client)
    }
    return clients
  }

  async #scopeMappings(tx: Queryable, realmId: RealmId) {
    const scopeMappings: ScopeMappingRepresentation[] = []
    const clientScopeMappings: Record<string, ScopeMappingRepresentation[]> = {}
    for (const { client, clientScope, owner, roles } of await this.#store.scopeMappings(
      tx,
      realmId,
    )) {
      const container = client === null ? { clientScope: clientScope ?? '' } : { client }
      if (owner === null) scopeMappings.push({ ...container, roles })
      else {
        clientScopeMappings[owner] ??= []
        clientScopeMappings[owner].push({ ...container, roles })
      }
    }
    const ofClients = Object.keys(clientScopeMappings).length > 0 ? { clientScopeMappings } : {}
    return { scopeMappings, ...ofClients }
  }
}

/** Which of the clients holds the permissions of administrators. */
function permissionsClientOf(realm: Realm, clients: readonly ClientExport[]) {
  if (realm.settings['adminPermissionsEnabled'] !== true) return {}
  const holder = clients.find(({ clientId }) => clientId === adminPermissionsClientId)
  return holder ? { adminPermissionsClient: { id: holder.id, clientId: holder.clientId } } : {}
}

function roleOf(role: ExportedRole, realmId: RealmId): RoleRepresentation {
  const { realm, client } = namesByOwner(role.composites)
  const composite = role.composites.length > 0
  return {
    id: role.id,
    name: role.name,
    ...(role.description === null ? {} : { description: role.description }),
    composite,
    ...(composite
      ? {
          composites: {
            ...(realm.length > 0 ? { realm } : {}),
            ...(Object.keys(client).length > 0 ? { client } : {}),
          },
        }
      : {}),
    clientRole: role.clientUuid !== null,
    containerId: role.clientUuid ?? realmId,
    attributes: role.attributes,
  }
}

function clientScopeOf(scope: ClientScope): ClientScopeExport {
  const { realmId: _, ver: __, protocolMappers, ...exported } = scope
  return protocolMappers.length > 0 ? { ...exported, protocolMappers } : exported
}

/** Executions carry a misspelt twin of `authenticatorFlow` that old clients of Keycloak read. */
function flowOf(realm: Realm, flow: AuthenticationFlow): AuthenticationFlow {
  const executions = flow.authenticationExecutions.map(({ id: _, ...execution }) => ({
    ...execution,
    ...namedConfig(configOf(realm.settings, execution)),
    autheticatorFlow: execution.authenticatorFlow,
  }))
  return { ...flow, authenticationExecutions: executions }
}

/** In a realm a configuration is named by its id, in an export by its alias. */
function namedConfig(config: AuthenticatorConfig | undefined) {
  return config ? { authenticatorConfig: config.alias } : {}
}

/** Groups components by provider type, with their sub-components inside. */
function nested(all: readonly Component[], parentId: string): Record<string, ComponentExport[]> {
  const grouped: Record<string, ComponentExport[]> = {}
  for (const { parentId: parent, providerType, ...component } of all) {
    if (parent !== parentId) continue
    grouped[providerType] ??= []
    grouped[providerType].push({ ...component, subComponents: nested(all, component.id) })
  }
  return grouped
}

function userOf(user: ExportedUser, paths: ReadonlyMap<string, string>): UserRepresentation {
  const { realm, client } = namesByOwner(user.roles)
  return {
    ...user.representation,
    id: user.id,
    username: user.username,
    ...(user.firstName === null ? {} : { firstName: user.firstName }),
    ...(user.lastName === null ? {} : { lastName: user.lastName }),
    ...(user.email === null ? {} : { email: user.email }),
    emailVerified: user.emailVerified,
    ...(Object.keys(user.attributes).length > 0 ? { attributes: user.attributes } : {}),
    enabled: user.enabled,
    createdTimestamp: user.createdTimestamp,
    totp: user.credentials.some((credential) => credential.type === 'otp'),
    ...(user.serviceAccountClientId === null
      ? {}
      : { serviceAccountClientId: user.serviceAccountClientId }),
    credentials: user.credentials,
    disableableCredentialTypes: [],
    requiredActions: user.requiredActions,
    ...(user.federatedIdentities.length > 0
      ? { federatedIdentities: user.federatedIdentities }
      : {}),
    realmRoles: realm,
    ...(Object.keys(client).length > 0 ? { clientRoles: client } : {}),
    ...(user.consents.length > 0 ? { clientConsents: user.consents } : {}),
    notBefore: user.notBefore,
    groups: user.groups.map((id) => paths.get(id) ?? '').toSorted(),
  }
}

/** Which organization a provider belongs to is told by the organization. */
