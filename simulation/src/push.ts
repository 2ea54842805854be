import type { CommitResult } from './commit.ts'
import { checkAcknowledged, recordShard } from './record-checks.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** Sends what was committed to every other node; each says whether it has applied it. */
export function push(node: SimulatedNode, result: Exclude<CommitResult, 'refused'>): void {
  const { world } = node
  for (const row of result.rows) node.takePush(row, result.identity)
  for (const other of world.nodes) {
    if (other === node) continue
    for (const row of result.rows) {
      world.network.send(node.name, other.name, () => {
        other.deliver(() => {
          other.takePush(row, result.identity)
          if (row.shard !== recordShard) return
          if (other.hasApplied(row, result.identity)) checkAcknowledged(other, result.at)
        })
      })
    }
  }
}
