import { type Protocol, safeProtocol } from '../protocol.ts'
import type { Standing } from './owner-messages.ts'

/** R2 and R4: an owner answers only who stands in the same view and database, and has not seen more of the log. */
export function answersTo(mine: Standing, callers: Standing): boolean {
  return isSamePlace(mine, callers) && mine.v >= callers.v
}

/** Whether both stand in the same view and database, wherever their logs are. */
function isSamePlace(mine: Standing, theirs: Standing): boolean {
  return (
    mine.viewId === theirs.viewId &&
    mine.viewTag === theirs.viewTag &&
    mine.identity === theirs.identity
  )
}

/** R6: a copy is taken only from who has read the same database, and at least as much of its log. */
export function trustsCopy(
  mine: Standing,
  senders: Standing,
  protocol: Protocol = safeProtocol,
): boolean {
  return protocol.fillIsOurs(mine.identity, senders.identity) && !protocol.copyLags(mine, senders)
}
