import { longestElapsed, type Moment } from './clock/cluster-clock.ts'
import type { Cursor } from './log/log-row.ts'

/**
 * The rules on which safety rests, one by one, so that the simulator can break each of them and show that its checkers
 * notice. There is one set for use, `safeProtocol`.
 */
export interface Protocol {
  /** How long ago something was, when it must end in time. */
  readonly elapsed: (since: Moment, now: Moment) => number
  /** Whether an entry is exactly the next one after the cursor, in the same history. */
  readonly follows: (cursor: Cursor, row: Cursor & { readonly prevTag: number }) => boolean
  /** Whether cursor and epoch are the same place of the same history. */
  readonly agrees: (cursor: Cursor, epoch: Cursor) => boolean
  /** Whether a poll's answer comes from the database that the cursors belong to. */
  readonly pollIsOurs: (known: string | undefined, seen: string) => boolean
  /** Whether a pushed entry was read in the database that the cursors belong to. */
  readonly pushIsOurs: (known: string | undefined, seen: string) => boolean
  /** Whether a loaded value was read in the database that the cursors belong to. */
  readonly fillIsOurs: (known: string | undefined, seen: string) => boolean
  /** Whether a stripe's last invalidation came after a fill began. */
  readonly overtakes: (lastInvalidation: number, token: number) => boolean
  /** Whether a clear also refuses the fills in flight. */
  readonly clearRefusesFills: boolean
  /** Whether a copy that a peer sends may be older than what this node has already applied. */
  readonly copyLags: (own: Cursor, senders: Cursor) => boolean
}

const same = (known: string | undefined, seen: string) => known === seen

/** The rules in force. */
export const safeProtocol: Protocol = {
  elapsed: longestElapsed,
  follows: (cursor, row) => row.v === cursor.v + 1 && row.prevTag === cursor.tag,
  agrees: (cursor, epoch) => cursor.v === epoch.v && cursor.tag === epoch.tag,
  pollIsOurs: same,
  pushIsOurs: same,
  fillIsOurs: same,
  overtakes: (lastInvalidation, token) => lastInvalidation > token,
  clearRefusesFills: true,
  copyLags: (own, senders) => senders.v < own.v || (senders.v === own.v && senders.tag !== own.tag),
}
