import type { Attempt, Change, History, LostTail } from './history.ts'

/** Longest that a change may stay unknown to a node, in milliseconds after its acknowledgement. */
const staleMaxMs = 1_000
/** The same for a node that is cut off; from then on it may only say that it cannot tell. */
const staleMaxCutOffMs = 5_000
/** For this long after a cut has healed a node counts as cut off: it has to notice. */
const healingMs = 1_000

/** A promise that the history breaks. */
interface Violation {
  readonly rule: 'stale' | 'session came back' | 'session lost' | 'code redeemed twice'
  readonly text: string
}

/** What the checker found, with how much it looked at: no finding in an empty history proves nothing. */
export interface Verdict {
  readonly violations: readonly Violation[]
  /** Acknowledged changes that were followed. */
  readonly changes: number
  /** Uses of a credential after its change was acknowledged. */
  readonly attemptsAfter: number
  /** Longest time from an acknowledgement to a use that was still granted; 0 when there was none. */
  readonly staleMs: number
  /** Commits left out because the surviving history does not have them. */
  readonly leftOut: number
}

/** Checks what clients saw against what the server promises. Pure: the same history gives the same verdict. */
export function checkHistory(history: History): Verdict {
  const lost = (commit: { sentAt: number; at: number }) => isLost(commit, history.lostTail)
  const attemptsOf = groupBy(history.attempts, ({ subject }) => subject)
  const changed = groupBy(history.changes, ({ subject }) => subject)
  const violations: Violation[] = []
  let attemptsAfter = 0
  let staleMs = 0
  let leftOut = 0
  let followed = 0
  for (const change of history.changes) {
    const at = change.acknowledgedAt
    if (at === null) continue
    if (lost({ sentAt: change.sentAt, at })) {
      leftOut += 1
      continue
    }
    followed += 1
    const later = (attemptsOf.get(change.subject) ?? []).filter(({ sentAt }) => sentAt >= at)
    attemptsAfter += later.length
    for (const granted of later.filter(({ outcome }) => outcome === 'granted')) {
      staleMs = Math.max(staleMs, granted.sentAt - at)
    }
    violations.push(...refusedTooLate(change, at, later, history), ...cameBack(change, later))
  }
  for (const issue of history.issues) {
    if (lost(issue)) leftOut += 1
    else violations.push(...lostSession(issue, attemptsOf, changed))
  }
  const redemptions = history.redemptions.filter((each) => !lost(each))
  leftOut += history.redemptions.length - redemptions.length
  violations.push(...redeemedTwice(redemptions))
  return { violations, changes: followed, attemptsAfter, staleMs, leftOut }
}

/** Whether a commit is, or may be, among those that the promotion lost. */
function isLost(commit: { sentAt: number; at: number }, tail: LostTail | null): boolean {
  return tail !== null && commit.at >= tail.from && commit.sentAt <= tail.until
}

function refusedTooLate(
  change: Change,
  at: number,
  later: readonly Attempt[],
  history: History,
): Violation[] {
  return later
    .filter(({ outcome }) => outcome === 'granted')
    .filter((attempt) => attempt.sentAt - at > boundOf(attempt, at, history))
    .map((attempt) => ({
      rule: 'stale',
      text: `${describe(change)}: ${attempt.node} granted it ${round(attempt.sentAt - at)} ms later`,
    }))
}

/** A node that was cut off between the change and the attempt has more time. */
function boundOf(attempt: Attempt, changedAt: number, history: History): number {
  const cutOff = history.cutOffs.some(
    ({ node, from, until }) =>
      node === attempt.node && from <= attempt.sentAt && until + healingMs >= changedAt,
  )
  return cutOff ? staleMaxCutOffMs : staleMaxMs
}

/** A credential that a node has refused, and that the same node grants again. */
function cameBack(change: Change, later: readonly Attempt[]): Violation[] {
  const found: Violation[] = []
  for (const [node, attempts] of groupBy(later, (attempt) => attempt.node)) {
    const refusedAt = attempts.find(({ outcome }) => outcome === 'refused')?.answeredAt
    if (refusedAt === undefined) continue
    const granted = attempts.find(
      ({ outcome, sentAt }) => outcome === 'granted' && sentAt > refusedAt,
    )
    if (granted === undefined) continue
    const text = `${describe(change)}: ${node} refused it, and granted it ${round(granted.sentAt - refusedAt)} ms later`
    found.push({ rule: 'session came back', text })
  }
  return found
}

/** A credential that is refused although nobody has asked to end it. */
function lostSession(
  issue: { subject: string; at: number },
  attempts: ReadonlyMap<string, readonly Attempt[]>,
  changed: ReadonlyMap<string, readonly Change[]>,
): Violation[] {
  const endedAt = Math.min(...(changed.get(issue.subject) ?? []).map(({ sentAt }) => sentAt))
  const refused = (attempts.get(issue.subject) ?? []).find(
    ({ outcome, answeredAt }) => outcome === 'refused' && answeredAt < endedAt,
  )
  if (refused === undefined) return []
  const text = `${issue.subject} was refused by ${refused.node} ${round(refused.answeredAt - issue.at)} ms after its issue: ${refused.detail ?? ''}`
  return [{ rule: 'session lost', text }]
}

function redeemedTwice(redemptions: History['redemptions']): Violation[] {
  return [...groupBy(redemptions, ({ code }) => code)]
    .filter(([, all]) => all.length > 1)
    .map(([code, all]) => ({
      rule: 'code redeemed twice',
      text: `${code.slice(0, 12)}… was redeemed ${all.length} times`,
    }))
}

function describe({ kind, subject }: Change): string {
  return `${kind}, ${subject}`
}

function round(ms: number): number {
  return Math.round(ms)
}

function groupBy<T>(all: readonly T[], key: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const each of all) {
    const group = groups.get(key(each))
    if (group === undefined) groups.set(key(each), [each])
    else group.push(each)
  }
  return groups
}
