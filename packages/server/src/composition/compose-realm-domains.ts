import type { InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable } from '../database/database.ts'
import type { SecretBox } from '../database/secret-box.ts'
import { ResourceServers } from '../domains/authorization/resource-servers.ts'
import { Clients } from '../domains/clients/clients.ts'
import { Components } from '../domains/components/components.ts'
import type { Credentials } from '../domains/credentials/credentials.ts'
import { Groups } from '../domains/groups/groups.ts'
import { IdentityProviders } from '../domains/identity-providers/identity-providers.ts'
import type { KeyStock } from '../domains/keys/key-stock.ts'
import { OrganizationGroups } from '../domains/organizations/organization-groups.ts'
import { Organizations } from '../domains/organizations/organizations.ts'
import { switchedOffIn } from '../domains/realms/realm-features.ts'
import type { OnUnreadableSecret } from '../domains/realms/realm-secrets.ts'
import { Realms } from '../domains/realms/realms.ts'
import { Roles } from '../domains/roles/roles.ts'
import { AuthorizationTransfer } from '../domains/transfer/authorization-transfer.ts'
import { FirstAdministrator } from '../domains/transfer/first-administrator.ts'
import { LongRealmImport } from '../domains/transfer/long-realm-import.ts'
import type { PlaceholderValues } from '../domains/transfer/placeholders.ts'
import { RealmChanges } from '../domains/transfer/realm-changes.ts'
import { RealmExport } from '../domains/transfer/realm-export.ts'
import { RealmFiles } from '../domains/transfer/realm-files.ts'
import { RealmImport } from '../domains/transfer/realm-import.ts'
import { RealmRemoval } from '../domains/transfer/realm-removal.ts'
import { UserImport } from '../domains/transfer/user-import.ts'
import type { UserLifecycle } from '../domains/user-lifecycle/user-lifecycle.ts'
import { FederatedIdentities } from '../domains/users/federated-identities.ts'
import { UserMembershipChanges } from '../domains/users/user-membership-changes.ts'
import { Users } from '../domains/users/users.ts'
import type { WorkflowTriggers } from '../domains/workflows/workflow-triggers.ts'
import type { RealmKeyStores } from '../key-stores/realm-key-stores.ts'
import type { Clock } from '../shared/clock.ts'
import type { CacheKind } from './start-clustering.ts'

/** Where caches come from, by the kind of events that keeps them true. */
export interface CacheSource {
  of<V>(kind: CacheKind): InvalidationCache<V, Queryable>
}

export interface RealmDomainsDeps {
  readonly database: Database
  readonly secretBox: SecretBox
  readonly caches: CacheSource
  readonly keyStock: KeyStock
  readonly keyStores: RealmKeyStores
  readonly onUnreadableSecret: OnUnreadableSecret
  readonly features: ReadonlySet<string>
  readonly triggersOf: (realms: Realms) => WorkflowTriggers
}

/** What realms consist of. */
export interface RealmDomains {
  readonly realms: Realms
  readonly workflowTriggers: WorkflowTriggers
  readonly roles: Roles
  readonly groups: Groups
  readonly users: Users
  readonly userMemberships: UserMembershipChanges
  readonly federatedIdentities: FederatedIdentities
  readonly identityProviders: IdentityProviders
  readonly organizations: Organizations
  readonly organizationGroups: OrganizationGroups
  readonly clients: Clients
  readonly resourceServers: ResourceServers
  readonly components: Components
  readonly keyStock: KeyStock
  readonly keyStores: RealmKeyStores
}

/**
 * Builds realms < roles < groups < identity-providers < organizations < users < clients < components. All configuration
 * shares one cache, all that is of users another.
 */
export function composeRealmDomains({
  database,
  secretBox,
  caches,
  keyStock,
  keyStores,
  onUnreadableSecret,
  features,
  triggersOf,
}: RealmDomainsDeps): RealmDomains {
  const realms = new Realms({
    database,
    secretBox,
    onUnreadableSecret,
    switchedOff: switchedOffIn(features),
    cache: caches.of('realms'),
    namesCache: caches.of('realms'),
  })
  const watch = triggersOf(realms)
  const identityProviders = new IdentityProviders({
    database,
    secretBox,
    onUnreadableSecret,
    cache: caches.of('realms'),
  })
  const roles = new Roles({
    database,
    cache: caches.of('realms'),
    setsCache: caches.of('realms'),
  })
  const users = new Users({
    database,
    cache: caches.of('users'),
    membershipsCache: caches.of('users'),
    heldRolesCache: caches.of('users'),
  })
  const groups = new Groups({ database, realms })
  const clients = new Clients({
    database,
    secretBox,
    onUnreadableSecret,
    cache: caches.of('realms'),
  })
  return {
    realms,
    workflowTriggers: watch,
    roles,
    groups,
    identityProviders,
    organizations: new Organizations({
      database,
      identityProviders,
      aliasCache: caches.of('users'),
    }),
    organizationGroups: new OrganizationGroups({ database }),
    users,
    userMemberships: new UserMembershipChanges({ database, watch }),
    federatedIdentities: new FederatedIdentities({ database, watch }),
    clients,
    resourceServers: new ResourceServers({ database, cache: caches.of('authorization') }),
    components: new Components({ database, realms, roles, groups, clients, keyStock, keyStores }),
    keyStock,
    keyStores,
  }
}

export interface TransferDeps {
  readonly database: Database
  readonly clock: Clock
  readonly data: RealmDomains
  readonly credentials: Pick<Credentials, 'passwords' | 'secrets'>
  readonly userLifecycle: UserLifecycle
  readonly placeholders: PlaceholderValues
  readonly warn: (text: string) => void
}

/** Getting realms in and out. */
export interface Transfer {
  readonly userImport: UserImport
  readonly authorization: AuthorizationTransfer
  readonly realmImport: RealmImport
  readonly realmRemoval: RealmRemoval
  readonly realmChanges: RealmChanges
  readonly realmExport: RealmExport
  readonly realmFiles: RealmFiles
  readonly firstAdministrator: FirstAdministrator
}

/** Builds the topmost domain. */
export function composeTransfer(deps: TransferDeps): Transfer {
  const { database, clock, data, credentials, userLifecycle, placeholders, warn } = deps
  const userImport = new UserImport({
    clock,
    userLifecycle,
    roles: data.roles,
    hashPassword: (password, settings) => credentials.passwords.hash({ settings }, password),
  })
  const authorization = new AuthorizationTransfer(data)
  const realmRemoval = new RealmRemoval({ database, realms: data.realms })
  const realmImport = new RealmImport({
    ...data,
    realmRemoval,
    database,
    clock,
    userImport,
    authorization,
    warn,
  })
  return {
    userImport,
    authorization,
    realmImport,
    realmRemoval,
    realmChanges: new RealmChanges({ database, ...data, realmImport }),
    realmExport: new RealmExport({ ...data, database, authorization, credentials }),
    realmFiles: new RealmFiles({
      realms: data.realms,
      realmImport,
      longRealmImport: new LongRealmImport({ database, realms: data.realms, realmImport }),
      placeholders,
    }),
    firstAdministrator: new FirstAdministrator({ database, clock, ...data, userImport }),
  }
}
