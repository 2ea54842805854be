import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type LogState, newLog, stepLog } from './log-core.ts'
import { eventsOf, type LogRow, type PollAnswer, shardOf } from './log-row.ts'

const moment = { monotonic: 0, uptime: 0, wall: 0 }
const row = (v: number, prevTag: number, tag: number, fmt = 1): LogRow => ({
  shard: 3,
  v,
  prevTag,
  tag,
  fmt,
  events: JSON.stringify([{ kind: 'users', shardKey: 'u', tags: [`${tag}`], op: 'invalidate' }]),
})

function poll(state: LogState, answer: Partial<PollAnswer>, cursors = state.cursors) {
  return stepLog(state, {
    type: 'answered',
    poll: { cursors, startedAt: moment },
    answer: { identity: 'db', recovering: false, shards: [], ...answer },
  })
}

/** A log that stands at entry 2 of shard 3. */
function started(): LogState {
  return poll(newLog(), { shards: [{ shard: 3, v: 2, tag: 20, rows: [] }] }).state
}

const told = (outputs: ReturnType<typeof stepLog>['outputs']) =>
  outputs.map((output) => {
    if (output.type === 'event') return `event ${output.event.tags.join()}`
    return output.type === 'flush' ? `flush ${output.why}` : output.type
  })

describe('a step of the log', () => {
  test('the first poll takes the cursors and forgets everything', () => {
    const { state, outputs } = poll(newLog(), { shards: [{ shard: 3, v: 2, tag: 20, rows: [] }] })
    expect(told(outputs)).toEqual(['flush start'])
    expect(state.cursors[3]).toEqual({ v: 2, tag: 20 })
    expect(state.seenUpTo).toBe(moment)
  })

  test('applies what follows, in order', () => {
    const rows = [row(3, 20, 30), row(4, 30, 40)]
    const { state, outputs } = poll(started(), { shards: [{ shard: 3, v: 4, tag: 40, rows }] })
    expect(told(outputs)).toEqual(['event 30', 'event 40'])
    expect(state.cursors[3]).toEqual({ v: 4, tag: 40 })
  })

  test.each([
    ['history-rewritten', { shard: 3, v: 1, tag: 10, rows: [] }],
    ['history-rewritten', { shard: 3, v: 2, tag: 21, rows: [] }],
    ['trimmed-or-rewritten', { shard: 3, v: 4, tag: 40, rows: [] }],
    ['trimmed-or-rewritten', { shard: 3, v: 4, tag: 40, rows: [row(4, 30, 40)] }],
    ['trimmed-or-rewritten', { shard: 3, v: 3, tag: 30, rows: [row(3, 21, 30)] }],
    ['did-not-arrive', { shard: 3, v: 4, tag: 40, rows: [row(3, 20, 30)] }],
  ])('forgets everything: %s', (why, shard) => {
    const { state, outputs } = poll(started(), { shards: [shard] })
    expect(told(outputs).at(-1)).toBe(`flush ${why}`)
    expect(state.cursors[3]).toEqual({ v: shard.v, tag: shard.tag })
  })

  test('forgets everything when the chain breaks in the middle', () => {
    const rows = [row(3, 20, 30), row(4, 31, 40)]
    const { outputs } = poll(started(), { shards: [{ shard: 3, v: 4, tag: 40, rows }] })
    expect(told(outputs)).toEqual(['event 30', 'flush chain-broken'])
  })

  test('an answer of a standby counts for nothing', () => {
    const before = started()
    const { state, outputs } = poll(before, { recovering: true, identity: 'other' })
    expect(state).toBe(before)
    expect(told(outputs)).toEqual(['not-primary'])
  })

  test('a push is applied when it is next, ignored when known, and otherwise makes the log poll', () => {
    const push = (state: LogState, pushed: LogRow, identity = 'db') =>
      stepLog(state, { type: 'pushed', row: pushed, identity })
    const next = push(started(), row(3, 20, 30))
    expect(told(next.outputs)).toEqual(['event 30'])
    expect(told(push(next.state, row(3, 20, 30)).outputs)).toEqual([])
    expect(told(push(started(), row(4, 30, 40)).outputs)).toEqual(['poll-now'])
    const badTag = push(started(), row(3, 21, 30))
    expect(told(badTag.outputs)).toEqual(['poll-now'])
    expect(badTag.state.cursors).toEqual(started().cursors)
    expect(told(push(started(), row(3, 20, 30), 'former').outputs)).toEqual(['poll-now'])
  })

  test('a push that overtook the poll under way is not applied twice, nor taken for a break', () => {
    const before = started()
    const { state } = stepLog(before, { type: 'pushed', row: row(3, 20, 30), identity: 'db' })
    const shards = [{ shard: 3, v: 3, tag: 30, rows: [row(3, 20, 30)] }]
    expect(told(poll(state, { shards }, before.cursors).outputs)).toEqual([])
  })

  test('an entry in an unknown format makes it forget everything and go on', () => {
    const shards = [{ shard: 3, v: 3, tag: 30, rows: [row(3, 20, 30, 2)] }]
    const { state, outputs } = poll(started(), { shards })
    expect(told(outputs)).toEqual(['flush unknown-format'])
    expect(state.cursors[3]).toEqual({ v: 3, tag: 30 })
  })

  test('whatever stands in an entry, it is either events or nothing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (events) => {
        const parsed = eventsOf({ ...row(1, 0, 1), events })
        expect(parsed === undefined || Array.isArray(parsed)).toBe(true)
      }),
    )
  })

  test('every key has a shard from 0 to 63', () => {
    fc.assert(fc.property(fc.string(), (key) => shardOf(key) >= 0 && shardOf(key) < 64))
  })
})
