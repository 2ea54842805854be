import { describe, expect, test } from 'vitest'
import { safeBehaviour } from './behaviour.ts'
import { controls } from './controls.ts'
import { checkCachedRecords } from './record-checks.ts'
import { runSeed } from './run-seed.ts'
import { Scenario } from './scenario.ts'
import { checkQuietCopies } from './session-owners.ts'
import { Violation } from './violation.ts'

/** A checker must speak up within so many seeds of a protocol that is broken where it looks. */
const seedsMax = 1000

function firstComplaint(control: string, complaint: RegExp): string | undefined {
  const behaviour = controls[control] ?? safeBehaviour
  for (let seed = 1; seed <= seedsMax; seed++) {
    const { violation } = runSeed(seed, behaviour)
    if (violation !== undefined && complaint.test(violation)) return violation
  }
  return undefined
}

describe('a checker sees what it is there for', () => {
  test.each([
    ['a code is redeemed once', 'answer-after-unanswered-commit', /is redeemed by .* and by/],
    ['no update is lost', 'write-without-compare', /an update is lost/],
    ['no entry is older than the log that was read', 'no-fill-token', /older than the log/],
    ['no entry in use is older than the bound', 'machine-that-slept', /older than the bound/],
    ['a load sees one moment', 'load-in-two-statements', /as it never was/],
    ['an acknowledged change is gone', 'cursor-by-last-id', /acknowledges a change/],
    ["no owner's copy is older than the log", 'transfer-from-lagging-node', /owns a copy .* older/],
    ['one valid incarnation per node', 'evicted-node-clings-to-membership', /joins again while/],
    ['views are consecutive', 'view-without-lock', /view \d+ is followed by/],
    ['an evicted node never acts', 'machine-that-slept', /although it was evicted/],
    ['nobody is evicted while its lease holds', 'wall-clock', /is evicted while its lease holds/],
    ['a job writes under its own lease', 'job-without-fencing', /whose lease has passed on/],
    ['an ended session gets no token', 'token-from-owner-copy', /issues a token for/],
    ['a frozen client blocks nobody for long', 'no-transaction-timeout', /says nothing blocked/],
    ['writers never wait in a circle', 'shards-in-any-order', /wait for each other/],
  ])('%s: %s', { timeout: 240_000 }, (_rule, control, complaint) => {
    expect(firstComplaint(control, complaint)).toMatch(complaint)
  })

  test('after all is quiet no record is older than the log', () => {
    const scenario = new Scenario()
    scenario.run('start 2')
    scenario.run('wait 1s')
    scenario.run('write node1 r/1')
    const node = scenario.node('node2')
    expect(() => checkCachedRecords(node)).not.toThrow()
    const former = { value: { own: 0, group: 0 }, ver: 99, idTag: 'r/1', tags: [] }
    node.records.finish('r/1', former, node.records.begin(), 'db1')
    expect(() => checkCachedRecords(node)).toThrow(Violation)
  })

  test('after all is quiet no copy speaks of a session that is not there', () => {
    const scenario = new Scenario()
    scenario.run('start 1')
    scenario.run('wait 1s')
    const node = scenario.node('node1')
    expect(() => checkQuietCopies(node)).not.toThrow()
    const { view } = node.membership
    const standing = { viewId: view.id, viewTag: view.tag, identity: 'db1', v: 9, tag: 9 }
    const ended = { value: { write: 7, touched: 0 }, ver: 1, idTag: 's/7', tags: [], standing }
    node.owners.receive([{ key: 's/7', ...ended }])
    expect(() => checkQuietCopies(node)).toThrow(Violation)
  })

  test.each([
    ['a count that lacks an acknowledged write', 'r/1', undefined],
    ['a row that lacks an acknowledged touch', 's/1', 5],
  ])('an update is lost: %s', (_what, key, touched) => {
    const { world } = new Scenario()
    world.primary.apply([[key, { write: 1, ver: 1, count: 0, touched: 4 }]], 0)
    world.acknowledged(key, { identity: 'db1', at: 1 }, touched)
    expect(() => world.checkNothingLost()).toThrow('an update is lost')
  })

  test('an acknowledged write that a failover has lost is not missed', () => {
    const scenario = new Scenario()
    const { world } = scenario
    world.scheduler.runUntil(1000)
    world.acknowledged('r/1', { identity: 'db1', at: 900 })
    world.failOver(200)
    expect(() => world.checkNothingLost()).not.toThrow()
  })
})
