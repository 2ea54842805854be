import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { User } from '../users/user.ts'

/**
 * Before when nothing counts that a realm, a client or a user has: administrators revoke with it. Whatever verifies tokens or
 * sessions asks this.
 * @param client null where what is verified is no client's
 * @param user null where that is not known yet
 * @returns seconds since the epoch; 0 = everything counts
 */
export function notBefore(
  realm: Pick<Realm, 'settings'>,
  client: Pick<Client, 'representation'> | null,
  user: Pick<User, 'notBefore'> | null,
): number {
  return Math.max(
    realm.settings.notBefore ?? 0,
    client?.representation.notBefore ?? 0,
    user?.notBefore ?? 0,
  )
}

/** @returns the claim `iat`, seconds since the epoch; 0 where there is none, so that any revocation hits it */
export function issuedAt(claims: Readonly<Record<string, unknown>>): number {
  return typeof claims['iat'] === 'number' ? claims['iat'] : 0
}
