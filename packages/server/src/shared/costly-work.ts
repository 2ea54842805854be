import { channel } from 'node:diagnostics_channel'

/**
 * What a request's cost is made of, told when it is done. Nobody listens unless metrics are shown: telling costs next to
 * nothing then.
 */
export const costlyWork = {
  /** Statements that one message carried to the database, as a number; what opens and ends a transaction included. */
  statements: channel('holdfast.statements'),
  /** One signature, by the name of its JWS algorithm. */
  signature: channel('holdfast.signature'),
  /** One password hash, computed to be stored or to be compared. */
  passwordHash: channel('holdfast.password-hash'),
}
