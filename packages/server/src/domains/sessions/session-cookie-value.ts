import { createHash } from 'node:crypto'
import type { SessionId } from '../typed-ids.ts'

/**
 * @returns the value of the readable cookie KEYCLOAK_SESSION (64 base64url characters): the session status frame compares
 *   it with the hash of the session id that the client holds, so that scripts never see the id itself
 */
export function sessionCookieValue(sessionId: SessionId): string {
  return createHash('sha384').update(sessionId).digest('base64url')
}
