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
  return {
    type: `USER_DISABLED_BY_${lockout.toUpperCase()}_LOCKOUT`,
    realmId: realm.id,
    realmName: realm.name,
    userId,
    ...(lastIp === null ? {} : { ipAddress: lastIp }),
    details: {
      reason: 'brute_force_attack detected',
      ...(lockout === 'temporary' ? { not_before: localTime(notBefore) } : {}),
      num_failures: String(failures),
    },
  }
}

/** The time without its zone, as Keycloak writes it. */
function localTime(at: number): string {
  return new Date(at).toISOString().slice(0, -'.000Z'.length)
}
