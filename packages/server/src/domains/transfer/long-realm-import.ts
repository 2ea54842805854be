import { createHash } from 'node:crypto'
import type { Database, Transaction } from '../../database/database.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { Realm } from '../realms/realm.ts'
import type { Realms } from '../realms/realms.ts'
import type { CompleteRealm } from './complete-representation.ts'
import type { FoundRealm } from './import-files.ts'
import { RealmExportStore } from './realm-export-store.ts'
import type { RealmImport } from './realm-import.ts'
import { RoleIds } from './realm-rows.ts'
import type { RealmRepresentation, UserRepresentation } from './representation.ts'
import { type UnfinishedImport, UnfinishedImportStore } from './unfinished-import-store.ts'
import type { UserImportTarget } from './user-import.ts'

export interface LongRealmImportDeps {
  readonly database: Database
  readonly realms: Pick<Realms, 'byName' | 'byId' | 'changeIn'>
  readonly realmImport: Pick<
    RealmImport,
    'complete' | 'beginIn' | 'readUsers' | 'addUsersIn' | 'finishIn' | 'tell'
  >
}

/** Told how many users are in, of how many. */
export type ImportProgress = (done: number, total: number) => void

/** Users of the realm behind a place, a few hundred at a time. */
export type UsersFrom = (skip: number) => AsyncIterable<readonly UserRepresentation[]>

/** Users that one transaction writes. */
const chunkUsersMax = 2_000
/** Longest time that one statement may take, milliseconds. */
const statementTimeoutMs = 600_000

/**
 * Imports a realm with very many users in many transactions: first the realm without users and disabled, with a row that says
 * how far the import is; then its users, chunk by chunk; last what refers to users, and the realm is enabled. Whatever ends it
 * in between, the same files go on where it was, and memory holds one chunk.
 */
export class LongRealmImport {
  readonly #deps: LongRealmImportDeps
  readonly #store = new UnfinishedImportStore()
  readonly #exported = new RealmExportStore()

  constructor(deps: LongRealmImportDeps) {
    this.#deps = deps
  }

  /** @returns the import that is under way for a realm, null when there is none */
  async unfinished(realm: Realm): Promise<UnfinishedImport | null> {
    return await this.#store.of(this.#deps.database, realm.id)
  }

  /**
   * Imports a realm, or goes on with it.
   * @param replaced a realm that makes room, null where there is none
   * @param unfinished how far an earlier import of the same files came into the realm `replaced`
   * @throws ModelError `duplicate`, `invalid`; then what is in stays in, and the realm disabled
   */
  async run(
    found: FoundRealm,
    users: UsersFrom,
    replaced: Realm | null,
    unfinished: UnfinishedImport | null,
    progress: ImportProgress,
  ): Promise<void> {
    const { realmImport, database } = this.#deps
    const duplicate = `Realm ${found.realm.realm} has entries of the same name or id`
    const id = unfinished && replaced ? { id: replaced.id } : {}
    const realm = await realmImport.complete({ ...found.realm, ...id, ...organizationsOf(found) })
    const begun =
      unfinished ?? (await orDuplicate(duplicate, () => this.#begin(realm, found, replaced)))
    const { target, complete } = await this.#present(realm)
    let done = begun.usersDone
    progress(done, found.userCount)
    let chunk: UserRepresentation[] = []
    const write = async () => {
      const some = chunk
      chunk = []
      await orDuplicate(duplicate, () =>
        database.transaction((tx) => this.#add(tx, target, some, done), { statementTimeoutMs }),
      )
      done += some.length
      progress(done, found.userCount)
    }
    for await (const batch of users(done)) {
      chunk.push(...(await realmImport.readUsers(batch)))
      if (chunk.length >= chunkUsersMax) await write()
    }
    if (chunk.length > 0) await write()
    const left = await database.transaction(
      (tx) => this.#finish(tx, complete, target, begun.enabled),
      { statementTimeoutMs },
    )
    await realmImport.tell(complete, left)
  }

  async #begin(
    realm: CompleteRealm,
    { fingerprint }: FoundRealm,
    replaced: Realm | null,
  ): Promise<UnfinishedImport> {
    const { database, realmImport } = this.#deps
    const { enabled } = realm
    await database.transaction(
      async (tx) => {
        await realmImport.beginIn(tx, { ...realm, enabled: false }, replaced)
        await this.#store.begin(tx, realm.id, fingerprint, enabled)
      },
      { statementTimeoutMs },
    )
    return { fingerprint, usersDone: 0, enabled }
  }

  async #add(
    tx: Transaction,
    target: UserImportTarget,
    users: readonly UserRepresentation[],
    done: number,
  ): Promise<void> {
    // First: its lock makes a second import of the same files wait, and then stop.
    const advanced = await this.#store.advance(tx, target.realmId, done, done + users.length)
    if (!advanced) throw new ModelError('invalid', 'Another import of this realm is under way')
    await this.#deps.realmImport.addUsersIn(tx, target, users)
  }

  async #finish(
    tx: Transaction,
    realm: CompleteRealm,
    target: UserImportTarget,
    enabled: boolean,
  ): Promise<string[]> {
    const unfinished = await this.#store.finish(tx, realm.id)
    if (!unfinished) throw new ModelError('invalid', 'Another import of this realm is under way')
    const left = await this.#deps.realmImport.finishIn(tx, realm, target)
    await this.#deps.realms.changeIn(tx, realm.id, (row) => ({ ...row, enabled }))
    return left
  }

  /**
   * What is in the database of the realm, which an earlier run may have written: ids that the files do not name were made then.
   */
  async #present(realm: CompleteRealm): Promise<{
    target: UserImportTarget
    complete: CompleteRealm
  }> {
    const { database, realms } = this.#deps
    const stored = await realms.byId(realm.id)
    if (!stored) throw new ModelError('invalid', `Realm ${realm.realm} is not there any more`)
    const clientUuids = await this.#exported.clientUuids(database, realm.id)
    const roleIds = new RoleIds()
    for (const { id, clientId, name } of await this.#exported.roles(database, realm.id)) {
      roleIds.add(clientId, name, id)
    }
    const groups = await this.#exported.groupPaths(database, realm.id)
    const scopeIds = new Map(stored.clientScopes.map(({ id, name }) => [name, id]))
    const complete: CompleteRealm = {
      ...realm,
      clients: realm.clients.map((client) => withId(client, clientUuids.get(client.clientId))),
      ...(realm.clientScopes
        ? {
            clientScopes: realm.clientScopes.map((scope) =>
              withId(scope, scopeIds.get(scope.name)),
            ),
          }
        : {}),
    }
    const target: UserImportTarget = {
      realmId: realm.id,
      settings: stored.settings,
      clientUuids,
      roleIds,
      groupIdsByPath: new Map(groups.map(({ path, id }) => [path, id])),
    }
    return { target, complete }
  }
}

function withId<T extends object>(given: T, id: string | undefined): T {
  return id === undefined ? given : { ...given, id }
}

/** Organizations are written last, and identity providers name them first: every run has to give them the same ids. */
function organizationsOf({
  realm,
  fingerprint,
}: FoundRealm): Pick<RealmRepresentation, 'organizations'> {
  if (!Array.isArray(realm.organizations)) return {}
  return {
    organizations: realm.organizations.map((given) => {
      const hex = createHash('sha256').update(`${fingerprint}/${given.name}`).digest('hex')
      const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
      return { ...given, id: given.id ?? id }
    }),
  }
}
