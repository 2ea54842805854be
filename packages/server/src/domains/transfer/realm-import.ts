import type { Database, Transaction } from '../../database/database.ts'
import type { RealmKeyStores } from '../../key-stores/realm-key-stores.ts'
import type { Clock } from '../../shared/clock.ts'
import { masterRealmName } from '../administration/administration.ts'
import { protectionRole } from '../authorization/protection-role.ts'
import type { Clients } from '../clients/clients.ts'
import type { Groups } from '../groups/groups.ts'
import type { IdentityProviders } from '../identity-providers/identity-providers.ts'
import type { KeyStock } from '../keys/key-stock.ts'
import { organizationsChanged } from '../organizations/organization-events.ts'
import type { OrganizationGroups } from '../organizations/organization-groups.ts'
import type { Organizations } from '../organizations/organizations.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { AdminClients, Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { Roles } from '../roles/roles.ts'
import type { RealmId } from '../typed-ids.ts'
import { MembershipStore } from '../users/membership-store.ts'
import { serviceAccountName, type Users } from '../users/users.ts'
import type { AuthorizationTransfer } from './authorization-transfer.ts'
import { completeRealm } from './complete-realm.ts'
import type { CompleteRealm } from './complete-representation.ts'
import { importNotices } from './import-notices.ts'
import { withoutLegacyMembers, withoutLegacyUserMembers } from './migration/legacy-members.ts'
import { RealmAdministration } from './realm-administration.ts'
import type { RealmRemoval } from './realm-removal.ts'
import {
  clientRows,
  clientScopeRows,
  compositePairs,
  groupRows,
  organizationOf,
  organizationRow,
  roleRows,
  scopeMappingPairs,
  settingsOf,
} from './realm-rows.ts'
import type {
  OrganizationExport,
  RealmRepresentation,
  UserRepresentation,
} from './representation.ts'
import type { UserImport, UserImportTarget } from './user-import.ts'

/** Longest time that one statement of an import may take, milliseconds. */
const importStatementTimeoutMs = 600_000

export interface RealmImportDeps {
  readonly database: Database
  readonly clock: Clock
  readonly realms: Realms
  readonly roles: Roles
  readonly groups: Groups
  readonly clients: Clients
  readonly identityProviders: Pick<IdentityProviders, 'insertAllIn' | 'forgetRealm'>
  readonly organizations: Pick<Organizations, 'insertIn'>
  readonly organizationGroups: Pick<OrganizationGroups, 'insertIn'>
  readonly users: Pick<Users, 'idsOf'>
  readonly userImport: UserImport
  readonly authorization: AuthorizationTransfer
  readonly keyStock: KeyStock
  readonly realmRemoval: Pick<RealmRemoval, 'putAsideIn' | 'complete'>
  readonly keyStores: Pick<RealmKeyStores, 'key'>
  /** Tells what of a realm cannot be understood. */
  readonly warn: (text: string) => void
}

/** Further files of users that belong to a realm; read one after the other. */
export type UserFiles = AsyncIterable<readonly UserRepresentation[]>

async function* noUserFiles(): AsyncGenerator<readonly UserRepresentation[]> {
  // A realm whose users are all in its own file.
}

export interface ImportOptions {
  /** A realm that is deleted in the same transaction (import with override). */
  readonly replaced?: Realm | null
  /** Users that came in other files. */
  readonly userFiles?: () => UserFiles
  /** Further work at the end of the same transaction, with the realm as it was written. */
  readonly also?: (tx: Transaction, realm: Realm) => Promise<void>
}

/** Creates realms from representations: a few members or a full export, always in one transaction. */
export class RealmImport {
  readonly #deps: RealmImportDeps
  readonly #administration: RealmAdministration
  readonly #memberships = new MembershipStore()

  constructor(deps: RealmImportDeps) {
    this.#deps = deps
    this.#administration = new RealmAdministration(deps)
  }

  /**
   * Creates a realm with everything in it.
   * @returns the id of the new realm
   * @throws ModelError `duplicate` when a name or id is taken, `invalid` when something refers to what is not there
   */
  async importRealm(given: RealmRepresentation, options: ImportOptions = {}): Promise<string> {
    const realm = await this.complete(given)
    const duplicate = `Realm ${realm.realm} has entries of the same name or id`
    const left = await orDuplicate(duplicate, () => this.#write(realm, options))
    await this.tell(realm, left)
    return realm.id
  }

  /** @returns what could not be taken over */
  async #write(
    realm: CompleteRealm,
    { replaced, userFiles = noUserFiles, also }: ImportOptions,
  ): Promise<string[]> {
    return await this.#deps.database.transaction(
      async (tx) => {
        const target = await this.beginIn(tx, realm, replaced ?? null)
        await this.#deps.userImport.importUsers(tx, target, realm.users ?? [])
        for await (const users of userFiles()) {
          await this.addUsersIn(tx, target, await this.readUsers(users))
        }
        const left = await this.finishIn(tx, realm, target)
        await also?.(tx, await this.#deps.realms.writtenIn(tx, realm.id))
        return left
      },
      { statementTimeoutMs: importStatementTimeoutMs },
    )
  }

  /** Checks a representation and fills in what it leaves out, before anything is written. @throws ModelError */
  async complete(given: RealmRepresentation): Promise<CompleteRealm> {
    // The schema library is not needed by starts that import nothing.
    const { readRealm } = await import('./representation-shape.ts')
    const { withReadClients } = await import('./read-clients.ts')
    const read = withReadClients(withoutLegacyMembers(readRealm(given)))
    // An export of a realm that was deleted a moment ago brings the same ids.
    if (read.id !== undefined) await this.#deps.realmRemoval.complete(read.id)
    return await completeRealm(read, this.#deps)
  }

  /** The realm with everything but its users. @returns what its users refer to */
  async beginIn(
    tx: Transaction,
    realm: CompleteRealm,
    replaced: Realm | null,
  ): Promise<UserImportTarget> {
    // Its client in master stays: it administers the realm that comes in its place.
    if (replaced) await this.#removeContent(tx, replaced)
    const target = await this.#writeRealm(tx, realm)
    await this.#administration.add(tx, { id: realm.id, name: realm.realm })
    return target
  }

  /** @returns users as they stand in a file, checked. @throws ModelError */
  async readUsers(users: readonly UserRepresentation[]): Promise<UserRepresentation[]> {
    const { readUsers } = await import('./representation-shape.ts')
    return readUsers(users).map(withoutLegacyUserMembers)
  }

  async addUsersIn(
    tx: Transaction,
    target: UserImportTarget,
    users: readonly UserRepresentation[],
  ): Promise<void> {
    await this.#deps.userImport.importUsers(tx, target, users)
  }

  /** What refers to users. @returns what could not be taken over */
  async finishIn(
    tx: Transaction,
    realm: CompleteRealm,
    target: UserImportTarget,
  ): Promise<string[]> {
    await this.#addServiceAccounts(tx, realm, target)
    await this.#writeOrganizations(tx, realm, target)
    return await this.#deps.authorization.takeOverIn(tx, realm, target)
  }

  /** Says what of an imported realm is not taken over, or is not understood. */
  async tell(realm: CompleteRealm, left: readonly string[]): Promise<void> {
    const notices = importNotices(realm, this.#deps.keyStores)
    for (const notice of [...left, ...notices]) this.#deps.warn(notice)
    if (realm.realm === masterRealmName) await this.#administerAll()
  }

  /** A master realm that came from elsewhere may lack the clients for the realms that are here. */
  async #administerAll(): Promise<void> {
    for (const name of await this.#deps.realms.names()) {
      const realm = await this.#deps.realms.byName(name)
      if (!realm) continue
      await this.#deps.database.transaction((tx) => this.#administration.add(tx, realm))
    }
  }

  /** Deletes a realm with everything in it, and its client in master. @throws ModelError `missing` */
  async remove(tx: Transaction, realm: Realm): Promise<void> {
    if (!(await this.#removeContent(tx, realm))) {
      throw new ModelError('missing', 'Realm not found.')
    }
    await this.#administration.remove(tx, realm)
  }

  /**
   * As `remove`, in a transaction of its own. Of a realm with very many users only the name goes in it, and the rows later.
   * @param also further work of it
   */
  async removeRealm(realm: Realm, also?: (tx: Transaction) => Promise<void>): Promise<void> {
    await this.#deps.database.transaction(
      async (tx) => {
        if (await this.#deps.realmRemoval.putAsideIn(tx, realm)) {
          this.#forget(tx, realm)
          await this.#administration.remove(tx, realm)
        } else await this.remove(tx, realm)
        await also?.(tx)
      },
      { statementTimeoutMs: importStatementTimeoutMs },
    )
  }

  /**
   * The rows go with the realm's; what is cached of its clients and roles goes by their own tags.
   * @returns whether the realm was there
   */
  async #removeContent(tx: Transaction, realm: Realm): Promise<boolean> {
    const removed = await this.#deps.realms.remove(tx, realm)
    this.#forget(tx, realm)
    return removed
  }

  #forget(tx: Transaction, realm: Realm): void {
    const { clients, roles, identityProviders } = this.#deps
    clients.forgetRealm(tx, realm.id)
    roles.forgetRealm(tx, realm.id)
    identityProviders.forgetRealm(tx, realm.id)
    tx.append([organizationsChanged(realm.id)])
  }

  /** Makes master's client follow a realm that is renamed in the same transaction. */
  async renamed(tx: Transaction, realm: Realm, to: string): Promise<void> {
    await this.#administration.rename(tx, realm, to)
  }

  async #writeRealm(tx: Transaction, realm: CompleteRealm): Promise<UserImportTarget> {
    const { realms, roles, groups, clients, identityProviders } = this.#deps
    const scopes = clientScopeRows(realm)
    const ofClients = clientRows(realm)
    const clientUuids = new Map(ofClients.map((client) => [client.clientId, client.id]))
    const scopeIds = new Map(scopes.map((scope) => [scope.name, scope.id]))
    const { rows, ids } = roleRows(realm.roles, clientUuids)
    const tree = groupRows(realm.groups ?? [], ids)
    const settings = settingsOf(realm)
    const row = {
      id: realm.id,
      name: realm.realm,
      enabled: realm.enabled,
      defaultRoleId: ids.ofRealm(realm.defaultRole.name),
      settings,
      adminClients: adminClientsOf(realm.realm, clientUuids),
    }
    await realms.insert(tx, row, realm.componentList, scopes)
    await identityProviders.insertAllIn(
      tx,
      realm.id,
      realm.identityProviders ?? [],
      realm.identityProviderMappers ?? [],
      (alias) => organizationOf(realm, alias),
    )
    await clients.insertAll(tx, ofClients)
    await roles.insertAll(tx, realm.id, rows)
    await roles.addCompositesIn(tx, realm.id, compositePairs(realm.roles, ids))
    const mappings = scopeMappingPairs(realm, clientUuids, scopeIds, ids)
    await roles.addScopeMappingsIn(tx, realm.id, mappings)
    await groups.insertAll(tx, realm.id, tree.rows)
    await groups.addRoles(tx, realm.id, tree.rolePairs)
    return {
      realmId: realm.id,
      settings,
      clientUuids,
      roleIds: ids,
      groupIdsByPath: tree.idsByPath,
    }
  }

  /** Clients with a service account that came without its user get one, as if an administrator had switched it on. */
  async #addServiceAccounts(tx: Transaction, realm: CompleteRealm, target: UserImportTarget) {
    const wanted = realm.clients.filter((client) => client.serviceAccountsEnabled)
    const names = await this.#deps.users.idsOf(
      tx,
      realm.id,
      wanted.map(({ clientId }) => serviceAccountName(clientId)),
    )
    const missing = wanted.filter(({ clientId }) => !names.has(serviceAccountName(clientId)))
    const users = missing.map(({ clientId, ...client }) => ({
      username: serviceAccountName(clientId),
      enabled: true,
      serviceAccountClientId: clientId,
      realmRoles: [realm.defaultRole.name],
      ...(client['authorizationServicesEnabled'] === true
        ? { clientRoles: { [clientId]: [protectionRole] } }
        : {}),
    }))
    await this.#deps.userImport.importUsers(tx, target, users)
  }

  async #writeOrganizations(tx: Transaction, realm: CompleteRealm, target: UserImportTarget) {
    for (const organization of realm.organizations ?? []) {
      await this.#deps.organizations.insertIn(tx, organizationRow(realm.id, organization))
      const { rows, rolePairs } = groupRows(organization.groups ?? [], target.roleIds)
      const groups = rows.map((row) => ({ ...row, organizationId: organization.id }))
      await this.#deps.organizationGroups.insertIn(tx, realm.id, groups, rolePairs)
      await this.#writeMembers(tx, realm.id, organization, new Set(groups.map(({ id }) => id)))
    }
  }

  async #writeMembers(
    tx: Transaction,
    realmId: RealmId,
    { id: organizationId, members = [] }: OrganizationExport,
    groupIds: ReadonlySet<string>,
  ): Promise<void> {
    if (members.length === 0) return
    const names = members.map((member) => member.username.toLowerCase())
    const ids = await this.#deps.users.idsOf(tx, realmId, names)
    const rows = members.map(({ username, membershipType = 'UNMANAGED', groups = [] }) => {
      const userId = ids.get(username.toLowerCase())
      if (!userId) {
        throw new ModelError('invalid', `Unable to find organization member: ${username}`)
      }
      const unknown = groups.find((id) => !groupIds.has(id))
      if (unknown !== undefined) {
        const problem = `Unable to find organization group specified by id: ${unknown}`
        throw new ModelError('invalid', problem)
      }
      return { organizationId, userId, membershipType, groups }
    })
    await this.#memberships.addOrganizationMembers(tx, realmId, rows)
    const joined = rows.flatMap(({ groups, userId }) =>
      groups.map((groupId) => ({ groupId, organizationId, userId })),
    )
    await this.#memberships.addOrganizationGroups(tx, joined)
  }
}

/** Master administers itself; the client of another realm in master is made when the realm is there. */
function adminClientsOf(name: string, clientUuids: ReadonlyMap<string, string>): AdminClients {
  if (name !== masterRealmName) {
    return { own: clientUuids.get('realm-management') ?? null, inMaster: null }
  }
  const own = clientUuids.get('master-realm') ?? null
  return { own, inMaster: own }
}
