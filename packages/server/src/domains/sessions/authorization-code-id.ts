import { createHash } from 'node:crypto'
import { uuidText } from '../../shared/uuid-text.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { ClientUuid, RealmId, SessionId } from '../typed-ids.ts'

/**
 * The text of an authorization code: `<uuid-like>.<session id>.<client uuid>`, as Keycloak's. The 16 bytes of the first
 * part are: a hash of the login state that the code ends (8), MAC over all the rest (8). So a forged code is refused
 * without a query, and can end nobody's session; and the row that lets a login end once is the row of its code, too.
 */
export interface AuthorizationCodeId {
  /** Key of the row. It leaves out the MAC: who reads the database cannot make the code from it. */
  readonly rowId: string
  readonly sessionId: SessionId
  readonly clientUuid: ClientUuid
}

const purpose = 'authorization code'
const macBytes = 8
const shape =
  /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.([\w-]{8,64})\.([\w-]{1,255})$/

const message = (realmId: RealmId, head: string, sessionId: SessionId, clientUuid: ClientUuid) =>
  [realmId, head, sessionId, clientUuid].join('\n')

/** 64 bits tell logins apart that end within the half hour for which their rows stay. */
const headOf = (loginStateId: string) =>
  createHash('sha256').update(loginStateId).digest('hex').slice(0, 16)

/** @returns the key of the row that lets a login end once, and that holds its code */
export function loginRowId(loginStateId: string): string {
  return `login.${headOf(loginStateId)}`
}

/** @param loginStateId of the login that ends in the code @returns the code's text */
export function newAuthorizationCode(
  ring: KeyRing,
  realmId: RealmId,
  loginStateId: string,
  sessionId: SessionId,
  clientUuid: ClientUuid,
): string {
  const head = headOf(loginStateId)
  const mac = ring
    .mac(purpose, message(realmId, head, sessionId, clientUuid))
    .toString('hex', 0, macBytes)
  return `${uuidText(head + mac)}.${sessionId}.${clientUuid}`
}

/** @returns the parts of a code that this realm issued, or null for any other text */
export function readAuthorizationCode(
  ring: KeyRing,
  realmId: RealmId,
  text: string,
): AuthorizationCodeId | null {
  const [, first = '', mac1 = '', mac2 = '', sessionId = '', clientUuid = ''] =
    shape.exec(text) ?? []
  if (first === '') return null
  const head = first.replaceAll('-', '')
  const mac = Buffer.from(mac1 + mac2, 'hex')
  if (!ring.verifyMac(purpose, message(realmId, head, sessionId, clientUuid), mac)) return null
  return { rowId: `login.${head}`, sessionId, clientUuid }
}
