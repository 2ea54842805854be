import type { InvalidationEvent } from '@holdfast/cluster'
import type { ClientId, ClientUuid, RealmId } from '../typed-ids.ts'

/** Tag of one client by its internal id. */
export const clientTag = (id: ClientUuid) => `client:${id}`
/** Tag of the lookup of a client by its `client_id`, hit or miss. */
export const clientIdTag = (realmId: RealmId, clientId: ClientId) =>
  `client-id:${realmId}:${clientId}`
/** Tag of every client of a realm, hit or miss, for changes of many at once. */
export const clientsTag = (realmId: RealmId) => `clients:${realmId}`

/**
 * What to announce when a client changed.
 * @param clientIds its `client_id`, and the former one after a rename
 * @param ver its new `ver`; absent when it came or went
 */
export function clientChanged(
  realmId: RealmId,
  id: string,
  clientIds: readonly ClientId[],
  ver?: number,
): InvalidationEvent {
  const tags = [clientTag(id), ...clientIds.map((clientId) => clientIdTag(realmId, clientId))]
  return {
    kind: 'realms',
    shardKey: realmId,
    tags,
    ...(ver === undefined ? {} : { ver }),
    op: 'invalidate',
  }
}

/** What to announce when many clients of a realm changed. */
export function clientsChanged(realmId: RealmId): InvalidationEvent {
  return { kind: 'realms', shardKey: realmId, tags: [clientsTag(realmId)], op: 'invalidate' }
}
