import { commit } from './commit.ts'
import type { Change, DatabaseServer, OpenTransaction } from './database-server.ts'
import type { SimulatedNode } from './simulated-node.ts'

interface LeaseRow {
  readonly holder: string
  readonly incarnation: number
  readonly fencing: number
}

const everyMs = 1500

/** Runs the job on whichever node holds its lease: takes it, then writes under the fencing number. */
export function runJobs(node: SimulatedNode): void {
  node.after(everyMs, () => {
    runJobs(node)
    if (!node.leaseValid()) return
    const self = node.membership.self
    if (self === undefined) return
    checkNotEvicted(node, 'starts a job')
    const connection = 1 + node.world.dice.below(3)
    node.ask<LeaseRow | undefined>(
      connection,
      (server, respond) => {
        let lease: LeaseRow | undefined
        const compute = () => {
          lease = acquire(server, self.id, self.incarnation)
          return lease && [['job', lease] as const]
        }
        const transaction = server.begin(node.name)
        const request = { transaction, locks: ['job'], compute, events: [], format: 1 }
        commit(node.world, server, request, (result) =>
          respond(result === 'refused' ? undefined : lease),
        )
      },
      (lease) => {
        if (lease !== undefined) work(node, lease, connection)
      },
    )
  })
}

function acquire(
  server: DatabaseServer,
  holder: string,
  incarnation: number,
): LeaseRow | undefined {
  const row = server.row<LeaseRow>('job')
  if (row === undefined) return { holder, incarnation, fencing: 1 }
  if (row.holder === holder && row.incarnation === incarnation) return row
  const member = server.row<{ incarnation: number }>(`m/${row.holder}`)
  if (member?.incarnation === row.incarnation) return undefined
  return { holder, incarnation, fencing: row.fencing + 1 }
}

function work(node: SimulatedNode, lease: LeaseRow, connection: number): void {
  const { world } = node
  const { jobsWithoutFencing } = world.behaviour
  const holds = (server: DatabaseServer) => {
    const row = server.row<LeaseRow>('job')
    return row?.holder === lease.holder && row.fencing === lease.fencing
  }
  node.ask<OpenTransaction | undefined>(
    connection,
    (server, respond) => {
      const transaction = server.begin(node.name)
      const granted = () => {
        server.watchIdle(transaction)
        respond(holds(server) || jobsWithoutFencing ? transaction : undefined)
      }
      server.lock(transaction, jobsWithoutFencing ? [] : ['job'], granted, () => respond(undefined))
    },
    (transaction, first) => {
      if (transaction === undefined) return
      node.ask<unknown>(
        connection,
        (server, respond) => {
          if (server !== first || transaction.ended) return
          const compute = (): Change[] => {
            if (!holds(server))
              world.fail(`${node.name} writes for a job whose lease has passed on`)
            return [['jobrun', world.now]]
          }
          commit(world, server, { transaction, locks: [], compute, events: [], format: 1 }, respond)
        },
        () => undefined,
      )
    },
  )
}

/** A node that acts as a member must be one, as far as anybody can know. */
export function checkNotEvicted(node: SimulatedNode, act: string): void {
  const { self } = node.membership
  if (self !== undefined && node.world.evicted.has(`${self.id}#${self.incarnation}`)) {
    node.world.fail(`${node.name} ${act} although it was evicted`)
  }
}
