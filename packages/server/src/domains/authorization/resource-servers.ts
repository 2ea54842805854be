import type { InvalidationCache } from '@holdfast/cluster'
import type { Database, Queryable, Transaction } from '../../database/database.ts'
import type { AdminTrace } from '../events/admin-event.ts'
import { ModelError, orDuplicate } from '../realms/model-error.ts'
import type { ClientUuid, RealmId } from '../typed-ids.ts'
import {
  emptyResourceServer,
  type ProtectedResource,
  type ResourceServer,
} from './resource-server.ts'
import { type EntryRow, ResourceServerStore } from './resource-server-store.ts'

export interface ResourceServersDeps {
  readonly database: Database
  /** Cache of resource servers and misses, kind `authorization`. */
  readonly cache: InvalidationCache<ResourceServer | null, Queryable>
}

/** A resource and the resource server that protects it. */
export interface OwnedResource {
  readonly server: ResourceServer
  readonly resource: ProtectedResource
}

/** Most scopes, resources and policies of one resource server. */
const entriesMax = 10_000
/** Longest name, and longest entry as JSON, in characters. */
const nameLengthMax = 255
const entryLengthMax = 50_000
/** All of them together: they are held in memory, and read for each decision. */
const serverLengthMax = 16_777_216

const tagOf = (clientUuid: ClientUuid) => `authorization:${clientUuid}`

/** Clients that protect resources. Cached: kind `authorization`, tag `authorization:{client}`. */
export class ResourceServers {
  readonly #deps: ResourceServersDeps
  readonly #store = new ResourceServerStore()

  constructor(deps: ResourceServersDeps) {
    this.#deps = deps
  }

  /** @returns what the client protects; an empty one where nothing was written yet */
  async of(realmId: RealmId, clientUuid: ClientUuid): Promise<ResourceServer> {
    const tag = tagOf(clientUuid)
    const found = await this.#deps.cache.load(`${tag}:${realmId}`, async (read) => {
      const value = await this.#store.read(read, realmId, clientUuid)
      return { value, ver: value?.ver ?? 0, idTag: tag, tags: [tag] }
    })
    return found ?? emptyResourceServer(realmId, clientUuid)
  }

  /** What a user owns at the clients of a realm, by client. */
  async ownedBy(realmId: RealmId, ownerId: string): Promise<OwnedResource[]> {
    const rows = await this.#store.ownedBy(this.#deps.database, realmId, ownerId)
    const owned: OwnedResource[] = []
    for (const { clientUuid, id } of rows) {
      const server = await this.of(realmId, clientUuid)
      const resource = server.resources.find((each) => each.id === id)
      if (resource) owned.push({ server, resource })
    }
    return owned
  }

  /** @returns a resource of any client of a realm, with what protects it */
  async resourceById(realmId: RealmId, id: string): Promise<OwnedResource | null> {
    const clientUuid = await this.#store.clientOf(this.#deps.database, realmId, id)
    if (clientUuid === null) return null
    const server = await this.of(realmId, clientUuid)
    const resource = server.resources.find((each) => each.id === id)
    return resource ? { server, resource } : null
  }

  /**
   * Changes a resource server under the lock of its row.
   * @throws ModelError `duplicate` when a name is taken, `invalid` beyond a limit; what `change` throws
   */
  async change(
    realmId: RealmId,
    clientUuid: ClientUuid,
    change: (server: ResourceServer) => ResourceServer,
    trace?: AdminTrace,
  ): Promise<void> {
    await this.#deps.database.transaction(async (tx) => {
      await this.changeIn(tx, realmId, clientUuid, change)
      await trace?.(tx)
    })
  }

  /** As `change`, in the caller's transaction. */
  async changeIn(
    tx: Transaction,
    realmId: RealmId,
    clientUuid: ClientUuid,
    change: (server: ResourceServer) => ResourceServer,
  ): Promise<void> {
    await this.#store.ensure(tx, emptyResourceServer(realmId, clientUuid))
    const before = await this.#store.read(tx, realmId, clientUuid, true)
    if (!before) throw new ModelError('missing', 'Could not find client')
    const after = change(before)
    const rows = rowsOf(after)
    requireBounded(rows)
    const known = new Map(rowsOf(before).map((row) => [row.id, JSON.stringify(row)]))
    const kept = new Set(rows.map(({ id }) => id))
    const gone = [...known.keys()].filter((id) => !kept.has(id))
    const changed = rows.filter((row) => known.get(row.id) !== JSON.stringify(row))
    if (gone.length > 0) await this.#store.removeEntries(tx, clientUuid, gone)
    if (changed.length > 0) {
      const written = await orDuplicate('Duplicate resource error', () =>
        this.#store.putEntries(tx, clientUuid, changed),
      )
      if (!written) throw new ModelError('duplicate', 'Duplicate resource error')
    }
    const ver = await this.#store.update(tx, clientUuid, after.settings)
    const tags = [tagOf(clientUuid)]
    tx.append([{ kind: 'authorization', shardKey: realmId, tags, ver, op: 'invalidate' }])
  }

  /** Forgets everything that a client protects, in the caller's transaction. */
  async removeIn(tx: Transaction, realmId: RealmId, clientUuid: ClientUuid): Promise<void> {
    await this.#store.remove(tx, realmId, clientUuid)
    const tags = [tagOf(clientUuid)]
    tx.append([{ kind: 'authorization', shardKey: realmId, tags, op: 'invalidate' }])
  }
}

function rowsOf({ scopes, resources, policies, ownerPolicies }: ResourceServer): EntryRow[] {
  return [
    ...scopes.map((each) => rowOf('scope', each, '')),
    ...resources.map((each) => rowOf('resource', each, each.ownerId)),
    ...policies.map((each) => rowOf('policy', each, '')),
    ...ownerPolicies.map((each) => rowOf('owner-policy', each, each.ownerId)),
  ]
}

function rowOf(
  kind: EntryRow['kind'],
  representation: EntryRow['representation'],
  owner: string,
): EntryRow {
  const { id, name } = representation
  return { id, kind, name, owner, representation }
}

function requireBounded(rows: readonly EntryRow[]): void {
  if (rows.length > entriesMax) {
    throw new ModelError('invalid', `More than ${entriesMax} scopes, resources and policies`)
  }
  let together = 0
  for (const row of rows) {
    const { length } = JSON.stringify(row)
    together += length
    if (row.name.length > nameLengthMax || length > entryLengthMax) {
      throw new ModelError('invalid', 'A name or an entry is too long')
    }
  }
  if (together > serverLengthMax) {
    throw new ModelError('invalid', 'The scopes, resources and policies are too large together')
  }
}
