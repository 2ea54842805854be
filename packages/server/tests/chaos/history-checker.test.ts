import { describe, expect, it } from 'vitest'
import { type Change, History, type Outcome, type Trace } from './history.ts'
import { checkHistory } from './history-checker.ts'

const issued: Trace = { kind: 'session exists', sessionId: 's1' }
const ended: Trace = { kind: 'session gone', sessionId: 's1' }

/** A history in which a session is issued at 0, ended at 1,000 and used where the test says. */
function endedSession(
  uses: readonly (readonly [sentAt: number, outcome: Outcome])[],
  change: Partial<Change> = {},
): History {
  const history = new History()
  history.issues.push({ subject: 's1', sentAt: 0, at: 0, trace: issued })
  history.changes.push({
    kind: 'log out',
    subject: 's1',
    sentAt: 990,
    acknowledgedAt: 1_000,
    trace: ended,
    restoredAt: null,
    ...change,
  })
  for (const [sentAt, outcome] of uses) {
    history.attempts.push({
      subject: 's1',
      node: 'n1',
      sentAt,
      answeredAt: sentAt + 5,
      outcome,
      status: { granted: 200, refused: 400, silent: null }[outcome],
    })
  }
  return history
}

/** Two redemptions of one code. */
function redemptions() {
  const redemption = (at: number) => {
    const trace: Trace = { kind: 'code consumed', code: 'c' }
    return { code: 'c', sentAt: 1, at, trace }
  }
  return [redemption(2), redemption(3)] as const
}

const rulesBrokenBy = (history: History) => checkHistory(history).violations.map(({ rule }) => rule)

describe('the history checker', () => {
  it('accepts a history in which everything holds, and says how much it saw', () => {
    const history = endedSession([
      [500, 'granted'],
      [1_400, 'granted'],
      [1_500, 'refused'],
      [2_500, 'silent'],
    ])
    expect(checkHistory(history)).toEqual({
      violations: [],
      changes: 1,
      attemptsAfter: 3,
      staleMs: 400,
      unavailable: 0,
      leftOut: 0,
    })
  })

  it('finds a node that grants what was taken away more than a second ago', () => {
    expect(rulesBrokenBy(endedSession([[2_001, 'granted']]))).toEqual(['stale'])
    expect(rulesBrokenBy(endedSession([[2_000, 'granted']]))).toEqual([])
  })

  it('gives a node that is cut off five seconds, and not one more', () => {
    const cutOff = (sentAt: number) => {
      const history = endedSession([[sentAt, 'granted']])
      history.cutOffs.push({ node: 'n1', from: 0, until: 9_000, answers: false })
      return history
    }
    expect(rulesBrokenBy(cutOff(5_900))).toEqual([])
    expect(rulesBrokenBy(cutOff(6_100))).toEqual(['stale'])
  })

  it('wants 503 of a node without a database, and neither silence nor another error', () => {
    const cutOff = (outcome: Outcome, status: number | null) => {
      const history = endedSession([])
      history.cutOffs.push({ node: 'n1', from: 0, until: 9_000, answers: true })
      const times = { sentAt: 5_500, answeredAt: 5_600 }
      history.attempts.push({ subject: 's1', node: 'n1', ...times, outcome, status })
      return history
    }
    expect(checkHistory(cutOff('silent', 503))).toMatchObject({ violations: [], unavailable: 1 })
    expect(rulesBrokenBy(cutOff('refused', 400))).toEqual([])
    const broken = ['no 503 while cut off']
    expect(rulesBrokenBy(cutOff('silent', null))).toEqual(['no answer while cut off'])
    expect(rulesBrokenBy(cutOff('silent', 500))).toEqual(broken)
    expect(rulesBrokenBy(cutOff('granted', 200))).toEqual(broken)
  })

  it('does not excuse a node with the cut of another', () => {
    const history = endedSession([[3_000, 'granted']])
    history.cutOffs.push({ node: 'n2', from: 0, until: 9_000, answers: false })
    expect(rulesBrokenBy(history)).toEqual(['stale'])
  })

  it('finds a session that comes back after it was refused', () => {
    expect(
      rulesBrokenBy(
        endedSession([
          [1_100, 'refused'],
          [1_200, 'granted'],
        ]),
      ),
    ).toEqual(['session came back'])
  })

  it('finds a session that is refused although nobody ended it', () => {
    const history = endedSession([[500, 'refused']])
    expect(rulesBrokenBy(history)).toEqual(['session lost'])
    history.changes.length = 0
    expect(rulesBrokenBy(history)).toEqual(['session lost'])
  })

  it('lets a change without an acknowledgement hold or not', () => {
    const unknown = { acknowledgedAt: null }
    expect(rulesBrokenBy(endedSession([[9_000, 'granted']], unknown))).toEqual([])
    expect(rulesBrokenBy(endedSession([[9_000, 'refused']], unknown))).toEqual([])
  })

  it('finds a code that two nodes redeemed', () => {
    const history = new History()
    history.redemptions.push(...redemptions())
    expect(rulesBrokenBy(history)).toEqual(['code redeemed twice'])
  })

  it('leaves out commits that a promotion lost, from the promotion on, and nothing else', () => {
    const promoted = (sentAt: number, ...lost: Trace[]) => {
      const history = endedSession([[sentAt, 'granted']])
      history.promotion = { at: 6_000, lost: new Set(lost), neverThere: [] }
      return history
    }
    expect(checkHistory(promoted(9_000, ended))).toMatchObject({
      violations: [],
      leftOut: 1,
      changes: 0,
    })
    expect(rulesBrokenBy(promoted(5_000, ended))).toEqual(['stale'])
    expect(rulesBrokenBy(promoted(9_000))).toEqual(['stale'])
    const another: Trace = { kind: 'session gone', sessionId: 's2' }
    expect(rulesBrokenBy(promoted(9_000, another))).toEqual(['stale'])
  })

  it('lets a code be redeemed once more when its redemption was lost, and not twice', () => {
    const history = new History()
    const [first, second] = redemptions()
    history.redemptions.push(first, second)
    history.promotion = { at: 2, lost: new Set([first.trace]), neverThere: [] }
    expect(checkHistory(history)).toMatchObject({ violations: [], leftOut: 1 })
    history.promotion = { at: 2, lost: new Set([first.trace, second.trace]), neverThere: [] }
    expect(rulesBrokenBy(history)).toEqual(['code redeemed twice'])
  })

  it('finds what was acknowledged and is in neither database', () => {
    const history = endedSession([])
    history.promotion = { at: 6_000, lost: new Set(), neverThere: [ended] }
    expect(rulesBrokenBy(history)).toEqual(['acknowledged but never committed'])
  })
})
