import type { Transaction } from '../../database/database.ts'
import type { Clock } from '../../shared/clock.ts'
import { newUuid } from '../../shared/random.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { RealmSettings } from '../realms/realm.ts'
import type { Roles } from '../roles/roles.ts'
import { MembershipStore } from '../users/membership-store.ts'
import type { UserRow } from '../users/user-store.ts'
import { emailKeyOf, type Users } from '../users/users.ts'
import { credentialRow, type HashPassword } from './credential-import.ts'
import type { Pairs, RoleIds } from './realm-rows.ts'
import type { UserRepresentation } from './representation.ts'
import {
  type ConsentRow,
  type CredentialRow,
  type FederatedIdentityRow,
  UserImportStore,
} from './user-import-store.ts'

/** What users of one realm refer to, while it is imported. */
export interface UserImportTarget {
  readonly realmId: string
  readonly settings: RealmSettings
  readonly clientUuids: ReadonlyMap<string, string>
  readonly roleIds: RoleIds
  readonly groupIdsByPath: ReadonlyMap<string, string>
}

export interface UserImportDeps {
  readonly clock: Clock
  readonly users: Users
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

/** All rows that a batch of users becomes. */
interface Batch {
  readonly users: UserRow[]
  readonly rolePairs: Pairs
  readonly groupPairs: Pairs
  readonly credentials: CredentialRow[]
  readonly federatedIdentities: FederatedIdentityRow[]
  readonly consents: ConsentRow[]
}

/** Writes users of a representation: a few statements for each batch, whatever they bring with them. */
export class UserImport {
  readonly #deps: UserImportDeps
  readonly #memberships = new MembershipStore()
  readonly #store = new UserImportStore()

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
      await this.#addMissingRoles(tx, target, some)
      await this.#write(tx, target, await this.#rows(target, some))
    }
  }

  async #write(tx: Transaction, target: UserImportTarget, batch: Batch): Promise<void> {
    await this.#deps.users.insertAll(tx, target.realmId, batch.users)
    if (batch.rolePairs.length > 0) await this.#memberships.addRoles(tx, batch.rolePairs)
    if (batch.groupPairs.length > 0) await this.#memberships.addGroups(tx, batch.groupPairs)
    if (batch.credentials.length > 0) {
      await orDuplicate('Credential already exists', () =>
        this.#store.insertCredentials(tx, batch.credentials),
      )
    }
    if (batch.federatedIdentities.length > 0) {
      await this.#store.insertFederatedIdentities(tx, target.realmId, batch.federatedIdentities)
    }
    if (batch.consents.length > 0) await this.#store.insertConsents(tx, batch.consents)
  }

  /** Roles that users name and nothing defines are made, as Keycloak does. */
  async #addMissingRoles(
    tx: Transaction,
    target: UserImportTarget,
    users: readonly UserRepresentation[],
  ): Promise<void> {
    const { roleIds, clientUuids } = target
    const missing: {
      clientUuid: string | null
      clientId: string | null
      name: string
      id: string
    }[] = []
    const need = (clientId: string | null, name: string) => {
      const known = clientId === null ? roleIds.realm : roleIds.client.get(clientId)
      if (known?.has(name)) return
      const clientUuid = clientId === null ? null : this.#clientUuid(clientUuids, clientId)
      const id = newUuid()
      roleIds.add(clientId, name, id)
      missing.push({ clientUuid, clientId, name, id })
    }
    for (const user of users) {
      for (const name of user.realmRoles ?? []) need(null, name)
      for (const [clientId, names] of Object.entries(user.clientRoles ?? {})) {
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

  async #rows(target: UserImportTarget, users: readonly UserRepresentation[]): Promise<Batch> {
    const batch: Batch = {
      users: [],
      rolePairs: [],
      groupPairs: [],
      credentials: [],
      federatedIdentities: [],
      consents: [],
    }
    for (const user of users) {
      const id = user.id ?? newUuid()
      batch.users.push(this.#userRow(target, user, id))
      this.#addMemberships(target, user, id, batch)
      await this.#addCredentials(target, user, id, batch)
      this.#addLinks(target, user, id, batch)
    }
    return batch
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

  #addMemberships(target: UserImportTarget, user: UserRepresentation, id: string, batch: Batch) {
    for (const name of user.realmRoles ?? []) {
      batch.rolePairs.push([id, target.roleIds.ofRealm(name)])
    }
    for (const [clientId, names] of Object.entries(user.clientRoles ?? {})) {
      for (const name of names) {
        batch.rolePairs.push([id, target.roleIds.ofClient(clientId, name)])
      }
    }
    for (const path of user.groups ?? []) {
      const groupId = target.groupIdsByPath.get(path.startsWith('/') ? path : `/${path}`)
      if (!groupId) {
        throw new ModelError('invalid', `Unable to find group specified by path: ${path}`)
      }
      batch.groupPairs.push([id, groupId])
    }
  }

  async #addCredentials(
    target: UserImportTarget,
    user: UserRepresentation,
    id: string,
    batch: Batch,
  ) {
    const hash = (password: string) => this.#deps.hashPassword(password, target.settings)
    for (const [index, credential] of (user.credentials ?? []).entries()) {
      const row = await credentialRow(id, index, credential, hash, this.#deps.clock.now())
      if (row) batch.credentials.push(row)
      if (credential.temporary === true) this.#requirePasswordUpdate(batch, id)
    }
  }

  #requirePasswordUpdate(batch: Batch, id: string): void {
    const index = batch.users.findIndex((row) => row.id === id)
    const row = batch.users[index]
    if (row && !row.requiredActions.includes('UPDATE_PASSWORD')) {
      const requiredActions = [...row.requiredActions, 'UPDATE_PASSWORD']
      batch.users[index] = { ...row, requiredActions }
    }
  }

  #addLinks(target: UserImportTarget, user: UserRepresentation, id: string, batch: Batch): void {
    for (const link of user.federatedIdentities ?? []) {
      batch.federatedIdentities.push({
        userId: id,
        identityProvider: link.identityProvider,
        federatedUserId: link.userId,
        federatedUsername: link.userName ?? null,
      })
    }
    const now = this.#deps.clock.now()
    for (const consent of user.clientConsents ?? []) {
      batch.consents.push({
        userId: id,
        clientUuid: this.#clientUuid(target.clientUuids, consent.clientId),
        scopes: consent.grantedClientScopes ?? [],
        createdAt: consent.createdDate ?? now,
        updatedAt: consent.lastUpdatedDate ?? consent.createdDate ?? now,
      })
    }
  }

  #clientUuid(clientUuids: ReadonlyMap<string, string>, clientId: string): string {
    const uuid = clientUuids.get(clientId)
    if (uuid === undefined) throw new ModelError('invalid', `Unable to find client: ${clientId}`)
    return uuid
  }
}
