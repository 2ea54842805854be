import type { Database } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { completeClient } from '../clients/client-defaults.ts'
import type { Clients } from '../clients/clients.ts'
import { ModelError } from '../realms/model-error.ts'
import type { Realms } from '../realms/realms.ts'
import type { Roles } from '../roles/roles.ts'
import { MembershipStore } from '../users/membership-store.ts'
import { serviceAccountName, type Users } from '../users/users.ts'
import { masterRealmName, withScopes } from './complete-realm.ts'
import { RoleIds } from './realm-rows.ts'
import type { CredentialRepresentation } from './representation.ts'
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

/** The password is hashed inside, so the transaction counts as long work. */
const hashingTransaction = { statementTimeoutMs: 10_000 }

/** Marks administrators that were made at a start, so that the console asks to replace them. */
const temporaryAttributes = { is_temporary_admin: ['true'] }

/** The first administrator of the master realm: made once, when there is none. */
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
   * Creates an administrator with a password.
   * @param temporary true for one that the settings ask for (Keycloak marks it), false for the welcome page
   * @throws ModelError `duplicate` when an administrator or a user of that name is there already
   */
  async createUser(username: string, password: string, temporary: boolean): Promise<void> {
    const credentials = [{ type: 'password', value: password }]
    await this.#create(username, credentials, temporary, undefined)
  }

  /** Creates a confidential client whose service account administers. @throws ModelError `duplicate` */
  async createClient(clientId: string, secret: string): Promise<void> {
    const { database, realms, clients, clock } = this.#deps
    const master = await realms.byName(masterRealmName)
    if (!master) throw new ModelError('missing', 'Realm not found.')
    const protocols = new Map(master.clientScopes.map((scope) => [scope.name, scope.protocol]))
    const given = {
      name: 'Temporary admin service account',
      protocol: 'openid-connect',
      secret,
      serviceAccountsEnabled: true,
      standardFlowEnabled: false,
      attributes: { is_temporary_admin: 'true' },
    }
    const representation = withScopes(completeClient(given, clock), master.settings, protocols)
    const id = newUuid()
    await database.transaction((tx) =>
      clients.insertAll(tx, [{ id, realmId: master.id, clientId, enabled: true, representation }]),
    )
    await this.#create(serviceAccountName(clientId), [], true, { clientId, id })
  }

  async #create(
    username: string,
    credentials: CredentialRepresentation[],
    temporary: boolean,
    serviceAccount: { clientId: string; id: string } | undefined,
  ): Promise<void> {
    const { master, admin, defaultRole } = await this.#administration()
    const { database, userImport } = this.#deps
    const roleIds = new RoleIds()
    roleIds.add(null, admin.name, admin.id)
    roleIds.add(null, defaultRole.name, defaultRole.id)
    const target = {
      realmId: master.id,
      settings: master.settings,
      clientUuids: new Map(serviceAccount ? [[serviceAccount.clientId, serviceAccount.id]] : []),
      roleIds,
      groupIdsByPath: new Map<string, string>(),
    }
    const user = {
      username,
      enabled: true,
      ...(temporary ? { attributes: temporaryAttributes } : {}),
      ...(serviceAccount ? { serviceAccountClientId: serviceAccount.clientId } : {}),
      realmRoles: [admin.name, defaultRole.name],
      credentials,
    }
    await database.transaction(async (tx) => {
      await this.#memberships.lockRole(tx, admin.id)
      if (!serviceAccount && (await this.#memberships.isHeld(tx, master.id, admin.id))) {
        throw new ModelError('duplicate', 'An administrator exists already')
      }
      await userImport.importUsers(tx, target, [user])
    }, hashingTransaction)
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
