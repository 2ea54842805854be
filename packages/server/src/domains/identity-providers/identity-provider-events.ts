import type { InvalidationEvent } from '@holdfast/cluster'
import type { RealmId } from '../typed-ids.ts'

/** Tag of everything that was read of a realm's identity providers and their mappers. */
export const identityProvidersTag = (realmId: RealmId) => `identity-providers:${realmId}`

/** What to announce when identity providers of a realm, or mappers of theirs, changed. */
export function identityProvidersChanged(realmId: RealmId): InvalidationEvent {
  return {
    kind: 'realms',
    shardKey: realmId,
    tags: [identityProvidersTag(realmId)],
    op: 'invalidate',
  }
}
