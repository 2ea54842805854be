import type { InvalidationEvent } from '@holdfast/cluster'
import type { RealmId } from '../typed-ids.ts'

/** Tag of everything that was computed from a realm's organizations. */
export const organizationsTag = (realmId: RealmId) => `organizations:${realmId}`

/** Key of the look-up of an alias. */
export const organizationAliasKey = (realmId: RealmId, alias: string) =>
  `organization-alias:${realmId}:${alias}`

/** What to announce when organizations of a realm changed. */
export function organizationsChanged(realmId: RealmId): InvalidationEvent {
  return {
    kind: 'users',
    shardKey: realmId,
    tags: [organizationsTag(realmId)],
    op: 'invalidate',
  }
}
