import { shardOf } from '@holdfast/cluster'
import type { RecordValue, SimulatedNode } from './simulated-node.ts'

const groupCount = 2

/** How old a value may be that a node gives out, in ms: 5 s by its own clock, which may be 4 % slow, and the way. */
const staleMaxMs = 5000 / 0.96 + 100
/** After a failover a node may go on with the former primary until its heartbeat fails: 2 s and a poll more. */
const aftermathStaleMaxMs = 8000

/** All records announce their changes in one shard, as the configuration of one realm does. */
export const recordShard = shardOf('realm')

/** The group that a record shows. */
export const groupOf = (key: string) => `g/${Number(key.slice(2)) % groupCount}`

/** The age that no answer may exceed at this moment. */
export function staleBound(node: SimulatedNode): number {
  return node.world.inAftermath ? aftermathStaleMaxMs : staleMaxMs
}

/** What was true together when this value was. */
export function pairs(key: string, value: RecordValue): [string, number][] {
  return [
    [key, value.own],
    [groupOf(key), value.group],
  ]
}

/** Every cached record of a node, for the check at the end. */
export function checkCachedRecords(node: SimulatedNode): void {
  for (const [key, fill] of node.records.entries()) {
    const { own, group } = fill.value
    const { history } = node.world.primary
    if (history.latest(key) !== own || history.latest(groupOf(key)) !== group) {
      node.world.fail(`${node.name} keeps an old ${key} although everything is quiet`)
    }
  }
}

/** What a node gives out of its cache. */
export function checkCached(node: SimulatedNode, key: string, value: RecordValue): void {
  const { world, seen } = node
  const known = seen?.server.history.current(pairs(key, value), seen.at, world.now) ?? false
  if (!known) world.fail(`${node.name} has ${key} older than the log that it has read`)
  if (!world.wasTrue(pairs(key, value), world.now - staleBound(node))) {
    world.fail(`${node.name} gives out ${key} older than the bound`)
  }
}

/** A node that acknowledges a change holds nothing from before it. */
export function checkAcknowledged(node: SimulatedNode, committedAt: number): void {
  const { world } = node
  for (const [key, fill] of node.records.entries()) {
    if (!world.wasTrue(pairs(key, fill.value), committedAt)) {
      world.fail(`${node.name} acknowledges a change of ${key} and keeps the former value`)
    }
  }
}
