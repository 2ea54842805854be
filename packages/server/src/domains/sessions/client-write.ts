import type { Client } from '../clients/client.ts'
import type { Realm } from '../realms/realm.ts'
import type { ClientWrite } from './login-store.ts'
import type { UserSession } from './session.ts'
import { clientSessionRestartBounds } from './session-lifetimes.ts'

/**
 * What puts a client under a session.
 * @param session as far as its lifetimes depend on it
 * @param now ms since the epoch
 */
export function clientWrite(
  realm: Realm,
  client: Client,
  notes: Readonly<Record<string, string>>,
  session: Pick<UserSession, 'offline' | 'rememberMe'>,
  now: number,
): ClientWrite {
  const restart = clientSessionRestartBounds(realm, client, session, now)
  return { uuid: client.id, notes, restart }
}
