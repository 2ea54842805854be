import type { Attempt, Change, CutOff, History, Issue, Redemption, Trace } from './history.ts'

/** Longest that a change may stay unknown to a node, in milliseconds after its acknowledgement. */
const staleMaxMs = 1_000
/** The same for a node that is cut off; from then on it may only say that it cannot tell. */
const staleMaxCutOffMs = 5_000
/** For this long after a cut has healed a node counts as cut off: it has to notice. */
const healingMs = 1_000
/** Status of an answer that says: not now. */
const unavailable = 503

/** A promise that the history breaks. */
export interface Violation {
  readonly rule:
    | 'stale'
    | 'no 503 while cut off'
    | 'no answer while cut off'
    | 'session came back'
    | 'session lost'
    | 'code redeemed twice'
    | 'acknowledged but never committed'
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
  /** Answers of 503 by nodes that were cut off for so long that they could not tell any more. */
  readonly unavailable: number
  /** Commits left out from the promotion on because the surviving database does not have them. */
  readonly leftOut: number
}

/** Checks what clients saw against what the server promises. Pure: the same history gives the same verdict. */
export function checkHistory(history: History): Verdict {
  const attemptsOf = groupBy(history.attempts, ({ subject }) => subject)
  const changed = groupBy(history.changes, ({ subject }) => subject)
  const violations: Violation[] = []
  let attemptsAfter = 0
  let staleMs = 0
  let followed = 0
  for (const change of history.changes) {
    const at = change.acknowledgedAt
    if (at === null) continue
    const later = (attemptsOf.get(change.subject) ?? [])
      .filter(({ sentAt }) => sentAt >= at)
      .filter(({ sentAt }) => holds(history, change, sentAt))
    followed += isLost(history, change) ? 0 : 1
    attemptsAfter += later.length
    for (const granted of later.filter(({ outcome }) => outcome === 'granted')) {
      staleMs = Math.max(staleMs, granted.sentAt - at)
    }
    violations.push(...refusedTooLate(change, at, later, history), ...cameBack(change, later))
  }
  for (const issue of history.issues) {
    violations.push(...lostSession(issue, history, attemptsOf, changed))
  }
  const blind = attemptsWhileBlind(history)
  violations.push(
    ...redeemedTwice(history),
    ...blind.filter((attempt) => !isHonest(attempt)).map(dishonest),
    ...(history.promotion?.neverThere ?? []).map(neverCommitted),
  )
  const commits = [...history.changes, ...history.issues, ...history.redemptions]
  return {
    violations,
    changes: followed,
    attemptsAfter,
    staleMs,
    unavailable: blind.filter(({ status }) => status === unavailable).length,
    leftOut: commits.filter((commit) => isLost(history, commit)).length,
  }
}

/** Whether a promotion lost a commit: the database that survived does not have it. */
function isLost({ promotion }: History, { trace }: { readonly trace: Trace }): boolean {
  return promotion?.lost.has(trace) === true
}

/** Whether a commit is in the history that counts at a moment: a lost one was until the primary ended. */
function holds(history: History, commit: { readonly trace: Trace }, moment: number): boolean {
  return !isLost(history, commit) || moment < (history.promotion?.at ?? 0)
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

/** Attempts at nodes that run, and have not reached the database for so long that they must know it. */
function attemptsWhileBlind({ attempts, cutOffs }: History): Attempt[] {
  const isBlind = ({ node, from, until, answers }: CutOff, attempt: Attempt) =>
    answers &&
    node === attempt.node &&
    attempt.sentAt > from + staleMaxCutOffMs &&
    attempt.answeredAt < until
  return attempts.filter((attempt) => cutOffs.some((cutOff) => isBlind(cutOff, attempt)))
}

/** It says that it cannot tell, or refuses what it knows to be gone; it grants nothing, and leaves nobody waiting. */
function isHonest({ status, outcome }: Attempt): boolean {
  return status === unavailable || outcome === 'refused'
}

function dishonest({ subject, node, status, sentAt, answeredAt }: Attempt): Violation {
  const tookMs = round(answeredAt - sentAt)
  if (status !== null) {
    return { rule: 'no 503 while cut off', text: `${subject}: ${node} gave ${status}` }
  }
  return { rule: 'no answer while cut off', text: `${subject}: ${node} after ${tookMs} ms` }
}

function neverCommitted(trace: Trace): Violation {
  return { rule: 'acknowledged but never committed', text: JSON.stringify(trace) }
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
  issue: Issue,
  history: History,
  attempts: ReadonlyMap<string, readonly Attempt[]>,
  changed: ReadonlyMap<string, readonly Change[]>,
): Violation[] {
  const endedAt = Math.min(...(changed.get(issue.subject) ?? []).map(({ sentAt }) => sentAt))
  const refused = (attempts.get(issue.subject) ?? []).find(
    ({ outcome, answeredAt }) =>
      outcome === 'refused' && answeredAt < endedAt && holds(history, issue, answeredAt),
  )
  if (refused === undefined) return []
  const text = `${issue.subject} was refused by ${refused.node} ${round(refused.answeredAt - issue.at)} ms after its issue: ${refused.status} ${refused.detail ?? ''}`
  return [{ rule: 'session lost', text }]
}

/** A redemption that a promotion lost may take place once more, and no more than once. */
function redeemedTwice(history: History): Violation[] {
  const isOften = (all: readonly Redemption[]) => {
    const lost = all.filter((each) => isLost(history, each)).length
    return lost > 1 || all.length - lost > 1
  }
  return [...groupBy(history.redemptions, ({ code }) => code)]
    .filter(([, all]) => isOften(all))
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
