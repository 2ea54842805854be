import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { masterRealmName } from '../administration/administration.ts'
import { completeClient } from '../clients/client-defaults.ts'
import { withScopes } from '../clients/client-scope-names.ts'
import type { Clients } from '../clients/clients.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { Roles } from '../roles/roles.ts'
import type { ClientId } from '../typed-ids.ts'
import { MembershipStore } from '../users/membership-store.ts'
import { serviceAccountName, type Users } from '../users/users.ts'
import { RoleIds } from './realm-rows.ts'
import type { UserRepresentation } from './representation.ts'
import type { UserImport } from './user-import.ts'

export interface FirstAdministratorDeps {
  readonly database: Database
  readonly clock: Clock
  readonly realms: Realms
  readonly roles: Roles
  readonly clients: Clients
  readonly users: Users
  readonly userImport: UserImport
}

/** A client that administers by its service account. */
export interface NewServiceAccount {
  readonly clientId: ClientId
  readonly secret: string
}

/** Administrators that are to be made together. */
export interface NewAdministrators {
  readonly user?: { readonly username: string; readonly password: string } | undefined
  readonly client?: NewServiceAccount | undefined
  /** True for those that settings or a command ask for (Keycloak marks them), false for the welcome page. */
  readonly temporary: boolean
  /** Whether they are made only while nobody administers; false to get back in. */
  readonly onlyFirst: boolean
}

/** The password is hashed inside, so the transaction counts as long work. */
const hashingTransaction = { statementTimeoutMs: 10_000 }

/** Marks administrators that were made at a start, so that the console asks to replace them. */
const temporaryAttributes = { is_temporary_admin: ['true'] }

/** The administrators with whom a server is set up, or got back into: made outside of Admin REST, in the master realm. */
export class FirstAdministrator {
  readonly #deps: FirstAdministratorDeps
  readonly #memberships = new MembershipStore()

  constructor(deps: FirstAdministratorDeps) {
    this.#deps = deps
  }

  /** @returns whether somebody has master's role `admin` directly, service accounts included */
  async exists(): Promise<boolean> {
    const { master, admin } = await this.#administration()
    return await this.#memberships.isHeld(this.#deps.database, master.id, admin.id)
  }

  /**
   * Creates administrators, all in one transaction.
   * @throws ModelError `duplicate` when a name is taken, or when only the first is wanted and somebody administers already
   */
  async create(wanted: NewAdministrators): Promise<void> {
    const { master, admin, defaultRole } = await this.#administration()
    const { database, clients, userImport } = this.#deps
    const { user, client, temporary, onlyFirst } = wanted
    const added = client === undefined ? [] : [this.#clientRow(master, client)]
    const roleIds = new RoleIds()
    roleIds.add(null, admin.name, admin.id)
    roleIds.add(null, defaultRole.name, defaultRole.id)
    const target = {
      realmId: master.id,
      settings: master.settings,
      clientUuids: new Map(added.map(({ clientId, id }) => [clientId, id])),
      roleIds,
      groupIdsByPath: new Map<string, string>(),
    }
    const shared = {
      enabled: true,
      ...(temporary ? { attributes: temporaryAttributes } : {}),
      realmRoles: [admin.name, defaultRole.name],
    }
    const users = added.map(
      ({ clientId }): UserRepresentation => ({
        ...shared,
        username: serviceAccountName(clientId),
        serviceAccountClientId: clientId,
      }),
    )
    if (user !== undefined) {
      const credentials = [{ type: 'password', value: user.password }]
      users.push({ ...shared, username: user.username, credentials })
    }
    await database.transaction(async (tx) => {
      await this.#memberships.lockRole(tx, admin.id)
      if (onlyFirst && (await this.#memberships.isHeld(tx, master.id, admin.id))) {
        throw new ModelError('duplicate', 'An administrator exists already')
      }
      await orDuplicate('A client of that id exists already', () => clients.insertAll(tx, added))
      await userImport.importUsers(tx, target, users)
    }, hashingTransaction)
  }

  /** A confidential client whose service account administers. */
  #clientRow(master: Realm, { clientId, secret }: NewServiceAccount) {
    const protocols = new Map(master.clientScopes.map((scope) => [scope.name, scope.protocol]))
    const given = {
      name: 'Temporary admin service account',
      protocol: 'openid-connect',
      secret,
      serviceAccountsEnabled: true,
      standardFlowEnabled: false,
      attributes: { is_temporary_admin: 'true' },
    }
    const complete = completeClient(given, this.#deps.clock)
    const representation = withScopes(complete, master.settings, protocols)
    return { id: newUuid(), realmId: master.id, clientId, enabled: true, representation }
  }

  async #administration() {
    const { realms, roles } = this.#deps
    const master = await realms.byName(masterRealmName)
    if (!master) throw new ModelError('missing', 'Realm not found.')
    const admin = await roles.byName(master.id, null, 'admin')
    const defaultRole = await roles.byId(master.id, master.defaultRoleId)
    if (!admin || !defaultRole) throw new ModelError('missing', 'Could not find role')
    return { master, admin, defaultRole }
  }
}
