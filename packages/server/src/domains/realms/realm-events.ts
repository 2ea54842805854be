import type { InvalidationEvent } from '@holdfast/cluster'
import type { RealmId } from '../typed-ids.ts'

/** Tag of a realm by id: all that was loaded with the realm carries it. */
export const realmTag = (realmId: RealmId) => `realm:${realmId}`
/** Tag of the lookup of a realm by its name, hit or miss. */
export const realmNameTag = (name: string) => `realm-name:${name}`
/** Tag of the list of all realm names. */
export const realmNamesTag = 'realm-names'

/**
 * What to announce when a realm, its components or client scopes changed.
 * @param names its name, and the former one after a rename
 * @param ver its new `ver`; absent when it came or went
 */
export function realmChanged(
  realmId: RealmId,
  names: readonly string[],
  ver?: number,
): InvalidationEvent {
  return {
    kind: 'realms',
    shardKey: realmId,
    tags: [realmTag(realmId), ...names.map(realmNameTag)],
    ...(ver === undefined ? {} : { ver }),
    op: 'invalidate',
  }
}

/** What to announce when a realm came, went or was renamed. */
export function realmNamesChanged(): InvalidationEvent {
  return { kind: 'realms', shardKey: realmNamesTag, tags: [realmNamesTag], op: 'invalidate' }
}
