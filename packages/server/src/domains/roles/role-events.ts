import type { InvalidationEvent } from '@holdfast/cluster'
import type { RealmId } from '../typed-ids.ts'

/** Tag of everything that was computed from a realm's roles and composites. */
export const rolesTag = (realmId: RealmId) => `roles:${realmId}`

/** What to announce when roles, composites or scope mappings of a realm changed: configuration and memberships of users. */
export function rolesChanged(realmId: RealmId): InvalidationEvent[] {
  const tags = [rolesTag(realmId)]
  return [
    { kind: 'realms', shardKey: realmId, tags, op: 'invalidate' },
    { kind: 'users', shardKey: realmId, tags, op: 'invalidate' },
  ]
}
