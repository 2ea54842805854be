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
  /** A change is computed from what was read before the row was locked, and not compared with what is there. */
  readonly writesWithoutCompare: boolean
  /** The next view is computed from what was read before the view was locked. */
  readonly viewsWithoutLock: boolean
  /** A node that was evicted goes on as a member until its lease ends. */
  readonly clingsToMembership: boolean
  /** A job writes without looking whether its lease is still its own. */
  readonly jobsWithoutFencing: boolean
  /** The outbox takes the locks of its shards in any order. */
  readonly shardsInAnyOrder: boolean
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
  writesWithoutCompare: false,
  viewsWithoutLock: false,
  clingsToMembership: false,
  jobsWithoutFencing: false,
  shardsInAnyOrder: false,
}
