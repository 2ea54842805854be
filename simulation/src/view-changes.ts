import { type Node, type NodeBeat, stepMembership, type View, viewOf } from '@holdfast/cluster'
import { commit } from './commit.ts'
import type { Change, DatabaseServer, OpenTransaction } from './database-server.ts'
import type { SimulatedNode } from './simulated-node.ts'

interface ViewRow {
  readonly id: number
  readonly tag: number
  readonly members: readonly Node[]
}

interface MemberRow {
  readonly incarnation: number
  readonly beat: number
}

/** By then a commit is on disk, or never will be. */
const longestCommitMs = 10

/** The view after `before`. */
function nextView(node: SimulatedNode, before: ViewRow, members: readonly Node[]): ViewRow {
  return { id: before.id + 1, tag: 1 + node.world.dice.below(2 ** 30), members }
}

/** A transaction under the view's row lock, in two messages as the product sends it. */
function changeView(
  node: SimulatedNode,
  locks: readonly string[],
  compute: (server: DatabaseServer, view: ViewRow) => readonly Change[] | undefined,
  done: (server: DatabaseServer, committed: boolean) => void,
): void {
  const { world } = node
  const { viewsWithoutLock } = world.behaviour
  const connection = 1 + world.dice.below(3)
  let early: ViewRow | undefined
  node.ask<OpenTransaction | undefined>(
    connection,
    (server, respond) => {
      const transaction = server.begin(node.name)
      const granted = () => {
        server.watchIdle(transaction)
        respond(transaction)
      }
      if (viewsWithoutLock) early = server.row<ViewRow>('view')
      server.lock(transaction, viewsWithoutLock ? [] : ['view'], granted, () => respond(undefined))
    },
    (transaction, first) => {
      if (transaction === undefined) {
        done(first, false)
        return
      }
      node.ask<boolean>(
        connection,
        (server, respond) => {
          if (server !== first || transaction.ended) return respond(false)
          const request = {
            transaction,
            locks,
            compute: () => compute(server, early ?? (server.row<ViewRow>('view') as ViewRow)),
            events: [],
            format: 1,
          }
          commit(world, server, request, (result) => respond(result !== 'refused'))
        },
        (committed, server) => done(server, committed === true),
      )
    },
  )
}

/** Enters the view, as a new incarnation. */
export function joinView(
  node: SimulatedNode,
  joined: (entry: { view: View; self: Node } | undefined, identity: string) => void,
): void {
  let entry: { view: View; self: Node } | undefined
  changeView(
    node,
    [`m/${node.name}`],
    (_server, view) => {
      checkLeaseEnded(node)
      const place = view.id + 1
      const self: Node = { ...node.profile, incarnation: place, ord: place }
      const members = [...view.members.filter((member) => member.id !== self.id), self]
      const next = nextView(node, view, members)
      entry = { view: viewOf(next.id, next.tag, next.members), self }
      return [
        ['view', next],
        [`m/${self.id}`, { incarnation: self.incarnation, beat: 0 }],
      ]
    },
    (server, committed) => {
      joined(committed ? entry : undefined, server.identity)
    },
  )
}

/** Removes a member that has not moved since. */
export function evictMember(node: SimulatedNode, beat: NodeBeat): void {
  const { world } = node
  removeMember(node, beat.nodeId, (row) => {
    if (row.incarnation !== beat.incarnation || row.beat !== beat.beat) return false
    world.note(node.name, () => `evicts ${beat.nodeId}`)
    const victim = world.nodes.find((other) => other.name === beat.nodeId)
    const acting =
      victim !== undefined &&
      !victim.crashed &&
      victim.membership.self?.incarnation === beat.incarnation &&
      victim.leaseValid()
    if (acting) world.fail(`${beat.nodeId} is evicted while its lease holds`)
    return true
  })
}

/** Leaves the view. */
export function leaveView(node: SimulatedNode): void {
  const incarnation = node.membership.self?.incarnation
  node.leaving = true
  node.membership = stepMembership(node.membership, { type: 'left' }).state
  removeMember(node, node.name, (row) => row.incarnation === incarnation)
}

function removeMember(
  node: SimulatedNode,
  id: string,
  condition: (row: MemberRow) => boolean,
): void {
  const { world } = node
  changeView(
    node,
    [`m/${id}`],
    (server, view) => {
      const row = server.row<MemberRow>(`m/${id}`)
      if (row === undefined || !server.writable || !condition(row)) return undefined
      world.scheduler.after(longestCommitMs, () => {
        if (server.row(`m/${id}`) === undefined) world.memberGone(id, row.incarnation)
      })
      const next = nextView(
        node,
        view,
        view.members.filter((member) => member.id !== id),
      )
      return [
        ['view', next],
        [`m/${id}`, undefined],
      ]
    },
    () => undefined,
  )
}

/** A node has one valid incarnation at most: it joins again only when the former one may no longer act. */
function checkLeaseEnded(node: SimulatedNode): void {
  const former = node.membership.self?.incarnation
  if (former !== undefined && node.leaseValid()) {
    node.world.fail(`${node.name} joins again while its incarnation ${former} holds a lease`)
  }
}
