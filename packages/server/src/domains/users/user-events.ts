import type { InvalidationEvent } from '@holdfast/cluster'
import type { ClientUuid, RealmId, UserId } from '../typed-ids.ts'

/** Tag of one user and everything loaded with it. */
export const userTag = (userId: UserId) => `user:${userId}`
/** Tag of the lookup by user name, hit or miss. */
export const usernameTag = (realmId: RealmId, username: string) => `username:${realmId}:${username}`
/** Tag of the lookup by e-mail address, hit or miss. */
export const emailTag = (realmId: RealmId, email: string) =>
  `email:${realmId}:${email.toLowerCase()}`
/** Tag of the lookup of a client's service account. */
export const serviceAccountTag = (clientUuid: ClientUuid) => `service-account:${clientUuid}`
/** Tag of all users of a realm, for bulk imports. */
export const usersTag = (realmId: RealmId) => `users:${realmId}`

/** The names under which a user is looked up. */
export interface UserNames {
  readonly id: string
  readonly realmId: RealmId
  readonly username: string
  readonly email: string | null
  readonly serviceAccountClientUuid: ClientUuid | null
}

/**
 * What to announce when a user came, changed or went.
 * @param names the user as it is and, after a change, as it was
 * @param ver its new `ver`; absent when it came or went
 */
export function userChanged(names: readonly [UserNames, ...UserNames[]], ver?: number) {
  const [user] = names
  const tags = new Set([userTag(user.id)])
  for (const each of names) {
    tags.add(usernameTag(each.realmId, each.username))
    if (each.email !== null) tags.add(emailTag(each.realmId, each.email))
    if (each.serviceAccountClientUuid) tags.add(serviceAccountTag(each.serviceAccountClientUuid))
  }
  const event: InvalidationEvent = {
    kind: 'users',
    shardKey: user.id,
    tags: [...tags],
    ...(ver === undefined ? {} : { ver }),
    op: 'invalidate',
  }
  return event
}

/** What to announce when a user's roles, groups, organizations, credentials or consents changed. */
export function userDetailsChanged(userId: UserId): InvalidationEvent {
  return { kind: 'users', shardKey: userId, tags: [userTag(userId)], op: 'invalidate' }
}

/** What to announce after a bulk import of users. */
export function usersChanged(realmId: RealmId): InvalidationEvent {
  return { kind: 'users', shardKey: realmId, tags: [usersTag(realmId)], op: 'invalidate' }
}
