import { describe, expect, test } from 'vitest'
import type { Moment } from '../clock/cluster-clock.ts'
import {
  leaseValid,
  type MembershipState,
  newMembership,
  riderFor,
  stepMembership,
} from './membership-core.ts'
import { type Node, type NodeBeat, viewLine, viewOf } from './view.ts'

const at = (ms: number, wall = ms, uptime = ms): Moment => ({ monotonic: ms, wall, uptime })

function member(id: string, incarnation: number): Node {
  const nowhere = { addr: null, extAddr: null, site: null, rack: null, machine: null }
  const versions = { version: '1', protoMin: 1, protoMax: 1 }
  return { ...nowhere, ...versions, id, name: `${id}-26186`, incarnation, ord: incarnation }
}

const self = member('one', 1)
const other = member('two', 2)
const both = viewOf(2, 77, [other, self])

const joined = (): MembershipState =>
  stepMembership(newMembership('ISPN'), {
    type: 'joined',
    view: both,
    self,
    identity: 'db',
    sentAt: at(0),
  }).state

function beatAt(state: MembershipState, ms: number, beats: NodeBeat[], identity = 'db') {
  const answer = { view: undefined, alive: true, beats }
  return stepMembership(state, {
    type: 'answered',
    answer,
    identity,
    sentAt: at(ms - 5),
    now: at(ms),
  })
}

const beatOf = (beat: number): NodeBeat[] => [{ nodeId: 'two', incarnation: 2, beat }]

describe('membership', () => {
  test('the oldest member coordinates, and the line for log scrapers names it', () => {
    expect(both.coordinator).toBe('one')
    expect(viewLine(both)).toBe(
      'ISPN000094: Received new cluster view for channel ISPN: [one-26186|2] (2) [one-26186, two-26186]',
    )
  })

  test('a lease ends 9 s after its heartbeat was sent, by whichever clock says so first', () => {
    const state = joined()
    expect(leaseValid(state, at(8999))).toBe(true)
    expect(leaseValid(state, at(9000))).toBe(false)
    expect(leaseValid(state, at(100, 100, 9000))).toBe(false)
    expect(leaseValid(state, at(100, 9000, 100))).toBe(false)
    expect(leaseValid(state, at(9000, -300_000, 9000))).toBe(false)
  })

  test('a heartbeat is due after 2 s, unless the event loop stalls', () => {
    const state = joined()
    expect(riderFor(state, at(1999), true)?.beat).toBe(false)
    expect(riderFor(state, at(2000), true)?.beat).toBe(true)
    expect(riderFor(state, at(2000), false)?.beat).toBe(false)
    expect(riderFor(newMembership('ISPN'), at(2000), true)).toBeUndefined()
  })

  test('evicts a member that was seen to stand still for 10 s, and not one that moved', () => {
    let state = joined()
    for (let ms = 2000; ms < 12_000; ms += 2000) {
      const step = beatAt(state, ms, beatOf(7))
      expect(step.outputs).toEqual([])
      state = step.state
    }
    expect(beatAt(state, 12_000, beatOf(8)).outputs).toEqual([])
    expect(beatAt(state, 12_000, beatOf(7)).outputs).toEqual([
      { type: 'evict', beat: { nodeId: 'two', incarnation: 2, beat: 7 } },
    ])
  })

  test('does not count the time in which it could not look', () => {
    const before = beatAt(joined(), 2000, beatOf(7)).state
    expect(beatAt(before, 30_000, beatOf(7)).outputs).toEqual([])
  })

  test('counts anew in another database, also when the first answer brings no heartbeats', () => {
    let state = beatAt(joined(), 2000, beatOf(7)).state
    for (let ms = 4000; ms <= 10_000; ms += 2000) state = beatAt(state, ms, beatOf(7)).state
    const answer = { view: undefined, alive: undefined, beats: undefined }
    const moved = stepMembership(state, {
      type: 'answered',
      answer,
      identity: 'promoted',
      sentAt: at(10_100),
      now: at(10_105),
    }).state
    expect(beatAt(moved, 12_000, beatOf(7), 'promoted').outputs).toEqual([])
  })

  test('is out when its row is gone, or when a view comes without it', () => {
    const gone = { view: undefined, alive: false, beats: [] }
    const without = { view: viewOf(3, 78, [other]), alive: undefined, beats: undefined }
    for (const answer of [gone, without]) {
      const step = stepMembership(joined(), {
        type: 'answered',
        answer,
        identity: 'db',
        sentAt: at(2000),
        now: at(2005),
      })
      expect(step.outputs.map(({ type }) => type)).toEqual(['rejoin'])
      expect(leaseValid(step.state, at(2006))).toBe(false)
    }
  })
})
