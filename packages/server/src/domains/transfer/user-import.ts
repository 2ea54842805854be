import type { Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import {
  type CredentialRow,
  credentialRow,
  type HashPassword,
} from '../credentials/credential-import.ts'
import { ModelError } from '../realms/model-error.ts'
import type { RealmSettings } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'
import type { NewUser } from '../user-lifecycle/new-user.ts'
import type { UserLifecycle } from '../user-lifecycle/user-lifecycle.ts'
import type { UserRow } from '../users/user-store.ts'
import { emailKeyOf } from '../users/users.ts'
import type { RoleIds } from './realm-rows.ts'
import type { UserRepresentation } from './representation.ts'

/** What users of one realm refer to, while it is imported. */
export interface UserImportTarget {
  readonly realmId: RealmId
  readonly settings: RealmSettings
  readonly clientUuids: ReadonlyMap<string, string>
  readonly roleIds: RoleIds
  readonly groupIdsByPath: ReadonlyMap<string, string>
}

export interface UserImportDeps {
  readonly clock: Clock
  readonly userLifecycle: Pick<UserLifecycle, 'insertIn'>
  readonly roles: Roles
  readonly hashPassword: HashPassword
}

/** Users per statement: large enough to be fast, small enough for one message to the database. */
const batchUsersMax = 500

/** Members that have a place of their own or are computed; all others are kept as they are. */
const ownMembers: ReadonlySet<string> = new Set([
  'id',
  'username',
  'firstName',
  'lastName',
  'email',
  'emailVerified',
  'attributes',
  'enabled',
  'createdTimestamp',
  'totp',
  'serviceAccountClientId',
  'credentials',
  'disableableCredentialTypes',
  'requiredActions',
  'federatedIdentities',
  'realmRoles',
  'clientRoles',
  'clientConsents',
  'notBefore',
  'groups',
  'access',
  'self',
  'origin',
  'userProfileMetadata',
])

/** Writes users of a representation: a few statements for each batch, whatever they bring with them. */
export class UserImport {
  readonly #deps: UserImportDeps

  constructor(deps: UserImportDeps) {
    this.#deps = deps
  }

  /** @throws ModelError when a user is there already, or refers to something that is not */
  async importUsers(
    tx: Transaction,
    target: UserImportTarget,
    users: readonly UserRepresentation[],
  ): Promise<void> {
    for (let start = 0; start < users.length; start += batchUsersMax) {
      const some = users.slice(start, start + batchUsersMax)
      await this.addMissingRoles(tx, target, some)
      const added: NewUser[] = []
      for (const user of some) added.push(await this.#newUser(target, user))
      await this.#deps.userLifecycle.insertIn(tx, target.realmId, added)
    }
  }

  /** Roles that users and groups name and nothing defines are made, as Keycloak does. */
  async addMissingRoles(
    tx: Transaction,
    target: UserImportTarget,
    holders: readonly Pick<UserRepresentation, 'clientRoles' | 'realmRoles'>[],
  ): Promise<void> {
    const { roleIds, clientUuids } = target
    const missing: {
      clientUuid: ClientUuid | null
      clientId: ClientId | null
      name: string
      id: string
    }[] = []
    const need = (clientId: ClientId | null, name: string) => {
      const known = clientId === null ? roleIds.realm : roleIds.client.get(clientId)
      if (known?.has(name)) return
      const clientUuid = clientId === null ? null : this.#clientUuid(clientUuids, clientId)
      const id = newUuid()
      roleIds.add(clientId, name, id)
      missing.push({ clientUuid, clientId, name, id })
    }
    for (const { realmRoles, clientRoles } of holders) {
      for (const name of realmRoles ?? []) need(null, name)
      for (const [clientId, names] of Object.entries(clientRoles ?? {})) {
        for (const name of names) need(clientId, name)
      }
    }
    const rows = missing.map(({ id, clientUuid, name }) => ({
      id,
      clientUuid,
      name,
      description: null,
      attributes: {},
    }))
    await this.#deps.roles.insertAll(tx, target.realmId, rows)
  }

  async #newUser(target: UserImportTarget, user: UserRepresentation): Promise<NewUser> {
    const id = user.id ?? newUuid()
    const row = this.#userRow(target, user, id)
    return {
      user: user.credentials?.some(({ temporary }) => temporary) ? withPasswordUpdate(row) : row,
      roleIds: this.#roleIdsOf(target, user),
      groupIds: this.#groupIdsOf(target, user),
      credentials: await this.#credentialsOf(target, user, id),
      federatedIdentities: (user.federatedIdentities ?? []).map((link) => ({
        identityProvider: link.identityProvider,
        federatedUserId: link.userId,
        federatedUsername: link.userName ?? null,
      })),
      consents: this.#consentsOf(target, user),
    }
  }

  #userRow(target: UserImportTarget, user: UserRepresentation, id: string): UserRow {
    const username = user.username?.toLowerCase()
    if (!username) throw new ModelError('invalid', 'User name is missing')
    const email = user.email?.toLowerCase() || null
    const serviceAccount = user.serviceAccountClientId
    const rest = Object.entries(user).filter(([name]) => !ownMembers.has(name))
    return {
      id,
      realmId: target.realmId,
      username,
      email,
      emailKey: emailKeyOf(email, target.settings.duplicateEmailsAllowed),
      emailVerified: user.emailVerified ?? false,
      firstName: user.firstName ?? null,
      lastName: user.lastName ?? null,
      enabled: user.enabled ?? false,
      createdTimestamp: user.createdTimestamp ?? this.#deps.clock.now(),
      serviceAccountClientUuid:
        serviceAccount === undefined ? null : this.#clientUuid(target.clientUuids, serviceAccount),
      notBefore: user.notBefore ?? 0,
      attributes: user.attributes ?? {},
      requiredActions: user.requiredActions ?? [],
      representation: Object.fromEntries(rest),
    }
  }

  #roleIdsOf({ roleIds }: UserImportTarget, user: UserRepresentation): string[] {
    const ofClients = Object.entries(user.clientRoles ?? {})
    return [
      ...(user.realmRoles ?? []).map((name) => roleIds.ofRealm(name)),
      ...ofClients.flatMap(([clientId, names]) =>
        names.map((name) => roleIds.ofClient(clientId, name)),
      ),
    ]
  }

  #groupIdsOf({ groupIdsByPath }: UserImportTarget, user: UserRepresentation): string[] {
    return (user.groups ?? []).map((path) => {
      const id = groupIdsByPath.get(path.startsWith('/') ? path : `/${path}`)
      if (id !== undefined) return id
      throw new ModelError('invalid', `Unable to find group specified by path: ${path}`)
    })
  }

  async #credentialsOf(target: UserImportTarget, user: UserRepresentation, id: string) {
    const hash = (password: string) => this.#deps.hashPassword(password, target.settings)
    const rows: CredentialRow[] = []
    for (const [index, credential] of (user.credentials ?? []).entries()) {
      const row = await credentialRow(id, index, credential, hash, this.#deps.clock.now())
      if (row) rows.push(row)
    }
    return rows
  }

  #consentsOf(target: UserImportTarget, user: UserRepresentation): NewUser['consents'] {
    const now = this.#deps.clock.now()
    return (user.clientConsents ?? []).map((consent) => ({
      clientUuid: this.#clientUuid(target.clientUuids, consent.clientId),
      scopes: consent.grantedClientScopes ?? [],
      createdAt: consent.createdDate ?? now,
      updatedAt: consent.lastUpdatedDate ?? consent.createdDate ?? now,
    }))
  }

  #clientUuid(clientUuids: ReadonlyMap<string, string>, clientId: ClientId): string {
    const uuid = clientUuids.get(clientId)
    if (uuid === undefined) throw new ModelError('invalid', `Unable to find client: ${clientId}`)
    return uuid
  }
}

function withPasswordUpdate(row: UserRow): UserRow {
  if (row.requiredActions.includes('UPDATE_PASSWORD')) return row
  return { ...row, requiredActions: [...row.requiredActions, 'UPDATE_PASSWORD'] }
}
