import { describe, expect, it } from 'vitest'
import { type Change, History, type Outcome } from './history.ts'
import { checkHistory } from './history-checker.ts'

/** A history in which a session is issued at 0, ended at 1,000 and used where the test says. */
function endedSession(
  uses: readonly (readonly [sentAt: number, outcome: Outcome])[],
  change: Partial<Change> = {},
): History {
  const history = new History()
  history.issues.push({ subject: 's1', sentAt: 0, at: 0 })
  history.changes.push({
    kind: 'log out',
    subject: 's1',
    sentAt: 990,
    acknowledgedAt: 1_000,
    ...change,
  })
  for (const [sentAt, outcome] of uses) {
    history.attempts.push({
      subject: 's1',
      node: 'n1',
      sentAt,
      answeredAt: sentAt + 5,
      outcome,
    })
  }
  return history
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
      history.cutOffs.push({ node: 'n1', from: 0, until: 9_000 })
      return history
    }
    expect(rulesBrokenBy(cutOff(5_900))).toEqual([])
    expect(rulesBrokenBy(cutOff(6_100))).toEqual(['stale'])
  })

  it('does not excuse a node with the cut of another', () => {
    const history = endedSession([[3_000, 'granted']])
    history.cutOffs.push({ node: 'n2', from: 0, until: 9_000 })
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
    history.redemptions.push({ code: 'c', sentAt: 1, at: 2 }, { code: 'c', sentAt: 1, at: 3 })
    expect(rulesBrokenBy(history)).toEqual(['code redeemed twice'])
  })

  it('leaves out the commits of the lost tail and nothing else', () => {
    const lost = endedSession([[9_000, 'granted']])
    lost.lostTail = { from: 900, until: 2_000 }
    expect(checkHistory(lost)).toMatchObject({ violations: [], leftOut: 1, changes: 0 })
    const survived = endedSession([[9_000, 'granted']])
    survived.lostTail = { from: 1_100, until: 2_000 }
    expect(rulesBrokenBy(survived)).toEqual(['stale'])
  })
})
