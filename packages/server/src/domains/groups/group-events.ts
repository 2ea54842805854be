import type { InvalidationEvent } from '@holdfast/cluster'
import type { RealmId } from '../typed-ids.ts'

/** Tag of everything that was computed from a realm's groups. */
export const groupsTag = (realmId: RealmId) => `groups:${realmId}`

/** What to announce when groups of a realm, or the roles mapped to them, changed. */
export function groupsChanged(realmId: RealmId): InvalidationEvent[] {
  return [{ kind: 'users', shardKey: realmId, tags: [groupsTag(realmId)], op: 'invalidate' }]
}
