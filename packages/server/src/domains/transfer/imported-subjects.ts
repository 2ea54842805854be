import type { Transaction } from '../../database/database.ts'
import type { PolicySubjects } from '../authorization/policy-subjects.ts'
import type { Users } from '../users/users.ts'
import type { CompleteRealm } from './complete-representation.ts'
import type { UserImportTarget } from './user-import.ts'

/** Whom the policies of a realm are about while it is imported: nothing of it is committed yet. */
export class ImportedSubjects implements PolicySubjects {
  readonly #tx: Transaction
  readonly #realm: Pick<CompleteRealm, 'clientScopes'>
  readonly #target: UserImportTarget
  readonly #users: Pick<Users, 'idsOf' | 'isIn'>
  /** Of clients, roles and groups. */
  readonly #ids: ReadonlySet<string>

  constructor(
    tx: Transaction,
    realm: Pick<CompleteRealm, 'clientScopes'>,
    target: UserImportTarget,
    users: Pick<Users, 'idsOf' | 'isIn'>,
  ) {
    this.#tx = tx
    this.#realm = realm
    this.#target = target
    this.#users = users
    const { roleIds, clientUuids, groupIdsByPath } = target
    const roles = [roleIds.realm, ...roleIds.client.values()]
    this.#ids = new Set(
      [clientUuids, groupIdsByPath, ...roles].flatMap((each) => [...each.values()]),
    )
  }

  async userId(given: string): Promise<string | null> {
    const { realmId } = this.#target
    const name = given.toLowerCase()
    const byName = (await this.#users.idsOf(this.#tx, realmId, [name])).get(name)
    if (byName !== undefined) return byName
    return (await this.#users.isIn(this.#tx, realmId, given)) ? given : null
  }

  async clientId(given: string): Promise<string | null> {
    return this.#target.clientUuids.get(given) ?? this.#own(given)
  }

  async roleId(given: string): Promise<string | null> {
    const { realm, client } = this.#target.roleIds
    const [clientId = '', name = ''] = given.split('/', 2)
    return this.#own(given) ?? realm.get(given) ?? client.get(clientId)?.get(name) ?? null
  }

  async groupId({ id = '', path }: { id?: string; path?: string }): Promise<string | null> {
    return path === undefined ? this.#own(id) : (this.#target.groupIdsByPath.get(path) ?? null)
  }

  async clientScopeId(given: string): Promise<string | null> {
    const scopes = this.#realm.clientScopes ?? []
    return scopes.find(({ id, name }) => id === given || name === given)?.id ?? null
  }

  #own(id: string): string | null {
    return this.#ids.has(id) ? id : null
  }
}
