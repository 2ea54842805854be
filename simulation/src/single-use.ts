import { type CommitResult, commit } from './commit.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** Somebody makes a code, and several redeem it on different nodes at about the same time. */
export function redeemCode(node: SimulatedNode): void {
  const { world } = node
  const code = String(world.nextWrite())
  const connection = 1 + world.dice.below(3)
  node.ask<CommitResult>(
    connection,
    (server, respond) => {
      const request = {
        transaction: server.begin(node.name),
        locks: [],
        compute: () => [[`c/${code}`, true] as const],
        events: [],
        format: 1,
      }
      commit(world, server, request, respond)
    },
    (result) => {
      if (result === undefined || result === 'refused') return
      for (let attempt = 0; attempt < 3; attempt++) {
        const redeemer = world.dice.pick(world.nodes)
        world.scheduler.after(
          world.dice.between(0, 40) + attempt * world.dice.between(0, 900),
          () => {
            redeemer.deliver(() => consume(redeemer, code))
          },
        )
      }
    },
  )
}

/** `DELETE … RETURNING`: whoever deletes the row has it. Without an answer to the COMMIT nobody may say so. */
function consume(node: SimulatedNode, code: string): void {
  const { world } = node
  const key = `c/${code}`
  node.ask<CommitResult>(
    1 + world.dice.below(3),
    (server, respond) => {
      const request = {
        transaction: server.begin(node.name),
        locks: [key],
        compute: () => (server.row(key) === undefined ? undefined : [[key, undefined] as const]),
        events: [],
        format: 1,
      }
      commit(world, server, request, respond)
    },
    (result, server) => {
      const taken =
        result === undefined ? world.behaviour.trustUnansweredCommit : result !== 'refused'
      if (!taken) return
      if (world.isLost(server, key)) return
      const first = world.consumed.get(code)
      if (first !== undefined)
        world.fail(`code ${code} is redeemed by ${first} and by ${node.name}`)
      world.consumed.set(code, node.name)
      world.note(node.name, () => `redeems code ${code}`)
    },
  )
}
