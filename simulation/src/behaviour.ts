import { type Protocol, safeProtocol } from '@holdfast/cluster'

/** What a simulated server does where the protocol leaves it to the server's code. */
export interface Behaviour {
  readonly protocol: Protocol
  /** Log entries get their numbers before the commit, without a lock. */
  readonly numbersFromSequence: boolean
  /** How long the database lets a transaction be idle, in ms. */
  readonly idleTimeoutMs: number
  /** Peers are told of a change before it is committed, and not in its transaction. */
  readonly announceBeforeCommit: boolean
  /** A load reads its parts in two statements. */
  readonly twoStatementLoads: boolean
  /** A token is issued from the owner's copy of the session instead of its row. */
  readonly tokenFromOwnerCopy: boolean
  /** A COMMIT without an answer counts as done. */
  readonly trustUnansweredCommit: boolean
}

/** What the product does. */
export const safeBehaviour: Behaviour = {
  protocol: safeProtocol,
  numbersFromSequence: false,
  idleTimeoutMs: 500,
  announceBeforeCommit: false,
  twoStatementLoads: false,
  tokenFromOwnerCopy: false,
  trustUnansweredCommit: false,
}
