import { randomBytes } from 'node:crypto'
import type { KeyRing } from '../keys/key-ring.ts'

/**
 * The text of an authorization code: `<uuid-like>.<session id>.<client uuid>`, as Keycloak's. The 16 bytes of the first
 * part are: second of issue (4), random (4), MAC over all the rest (8). So a forged code is refused without a query, can
 * end nobody's session, and one whose row is gone before its time is known to have been used.
 */
export interface AuthorizationCodeId {
  /** Key of the row. It leaves out the MAC: who reads the database cannot make the code from it. */
  readonly rowId: string
  readonly sessionId: string
  readonly clientUuid: string
  /** Seconds since the epoch. */
  readonly issuedAt: number
}

const purpose = 'authorization code'
const macBytes = 8
const shape =
  /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\.([\w-]{8,64})\.([\w-]{1,255})$/

const message = (realmId: string, head: string, sessionId: string, clientUuid: string) =>
  [realmId, head, sessionId, clientUuid].join('\n')

const rowIdOf = (head: string, sessionId: string) => `code.${head}.${sessionId}`

/** @param issuedAt seconds since the epoch @returns the code's text and the key of its row */
export function newAuthorizationCode(
  ring: KeyRing,
  realmId: string,
  sessionId: string,
  clientUuid: string,
  issuedAt: number,
): { text: string; rowId: string } {
  const time = Buffer.alloc(4)
  time.writeUInt32BE(issuedAt)
  const random = randomBytes(4).toString('hex')
  const head = `${time.toString('hex')}-${random.slice(0, 4)}-${random.slice(4)}`
  const mac = ring
    .mac(purpose, message(realmId, head, sessionId, clientUuid))
    .toString('hex', 0, macBytes)
  const text = `${head}-${mac.slice(0, 4)}-${mac.slice(4)}.${sessionId}.${clientUuid}`
  return { text, rowId: rowIdOf(head, sessionId) }
}

/** @returns the parts of a code that this realm issued, or null for any other text */
export function readAuthorizationCode(
  ring: KeyRing,
  realmId: string,
  text: string,
): AuthorizationCodeId | null {
  const [, head = '', mac1 = '', mac2 = '', sessionId = '', clientUuid = ''] =
    shape.exec(text) ?? []
  if (head === '') return null
  const mac = Buffer.from(mac1 + mac2, 'hex')
  if (!ring.verifyMac(purpose, message(realmId, head, sessionId, clientUuid), mac)) return null
  const issuedAt = Number.parseInt(head.slice(0, 8), 16)
  return { rowId: rowIdOf(head, sessionId), sessionId, clientUuid, issuedAt }
}
