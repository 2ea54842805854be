import type { InvalidationEvent } from '@holdfast/cluster'

/** Tag of everything that was computed from a realm's organizations. */
export const organizationsTag = (realmId: string) => `organizations:${realmId}`

/** Key of the look-up of an alias. */
export const organizationAliasKey = (realmId: string, alias: string) =>
  `organization-alias:${realmId}:${alias}`

/** What to announce when organizations of a realm changed. */
export function organizationsChanged(realmId: string): InvalidationEvent {
  return {
    kind: 'users',
    shardKey: realmId,
    tags: [organizationsTag(realmId)],
    op: 'invalidate',
  }
}
