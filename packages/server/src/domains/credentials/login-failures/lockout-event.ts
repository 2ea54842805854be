import type { LoginEvent } from '../../events/login-event.ts'
import type { Realm } from '../../realms/realm.ts'
import type { UserId } from '../../typed-ids.ts'
import type { Lockout, LoginFailure } from './login-failure.ts'

/** @returns what is told of a user who is locked by too many failed attempts, as Keycloak tells it */
export function lockoutEvent(
  realm: Pick<Realm, 'id' | 'name'>,
  userId: UserId,
  lockout: Exclude<Lockout, 'none'>,
  { failures, lastIp, notBefore }: LoginFailure,
): LoginEvent {
  const until = { not_before: new Date(notBefore).toISOString().slice(0, -'.000Z'.length) }
  return {
    type: `USER_DISABLED_BY_${lockout.toUpperCase()}_LOCKOUT`,
    realmId: realm.id,
    realmName: realm.name,
    userId,
    ...(lastIp === null ? {} : { ipAddress: lastIp }),
    details: {
      reason: 'brute_force_attack detected',
      ...(lockout === 'temporary' ? until : {}),
      num_failures: String(failures),
    },
  }
}
