import type {
  InvalidationEvent,
  OwnerRequest,
  OwnerStep,
  StoredRecord,
  View,
} from '@holdfast/cluster'
import { checkNotEvicted } from './cluster-job.ts'
import { staleBound } from './record-checks.ts'
import type { SessionCopy, SimulatedNode } from './simulated-node.ts'

/** A session as the database holds it. */
export interface SessionRow extends SessionCopy {
  readonly ver: number
}

/** As the product waits: for an owner, and between the parts of a transfer; parts are small to have several. */
const ownerDeadlineMs = 50
const transferPauseMs = 20
const transferBatch = 2
/** What waits for a look at the log waits so long. */
const pollWaitMs = 20

/** The event of a session that has changed or ended. */
export const sessionChanged = (session: string): InvalidationEvent => ({
  kind: 'sessions',
  shardKey: session,
  tags: [session],
  op: 'invalidate',
})

/**
 * Runs a request of the owners' core on a node, as the product's shell does, in virtual time.
 * @param done gets the result, or undefined when the request failed
 */
export function runRequest<T>(
  node: SimulatedNode,
  request: OwnerRequest<T>,
  done: (result: T | undefined) => void,
): void {
  const advance = (turn: () => IteratorResult<OwnerStep, T>): void => {
    let at: IteratorResult<OwnerStep, T>
    try {
      at = turn()
    } catch (error) {
      if (error instanceof NoAnswer || isRefusal(error)) return done(undefined)
      throw error
    }
    if (at.done === true) return done(at.value)
    perform(
      node,
      at.value,
      (result) => advance(() => request.next(result)),
      () => advance(() => request.throw(new NoAnswer())),
    )
  }
  advance(() => request.next())
}

/** The database did not answer. */
class NoAnswer extends Error {}

/** The core's own ways to fail: another database than the log's, or another standing than the caller's. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /another database|stands elsewhere/.test(error.message)
}

function perform(
  node: SimulatedNode,
  step: OwnerStep,
  next: (result: unknown) => void,
  failed: () => void,
): void {
  switch (step.type) {
    case 'ask':
      ask(node, step, next)
      return
    case 'read':
      read(node, step.key, next, failed)
      return
    case 'poll':
      node.pollNow()
      if (step.wait) node.after(pollWaitMs, () => next(undefined))
      else next(undefined)
      return
    case 'cast':
      castCopies(node, step.copies)
      next(undefined)
  }
}

function ask(
  node: SimulatedNode,
  { to, question }: Extract<OwnerStep, { type: 'ask' }>,
  next: (answer: unknown) => void,
): void {
  const { network, nodes } = node.world
  let settled = false
  const settle = (answer: unknown) => {
    if (settled) return
    settled = true
    next(answer)
  }
  node.after(ownerDeadlineMs, () => settle(null))
  const owner = nodes.find((other) => other.name === to)
  if (owner === undefined) return
  network.send(node.name, to, () =>
    owner.deliver(() => {
      runRequest(owner, owner.owners.answer(question), (answer) => {
        if (answer !== undefined) checkNotEvicted(owner, 'answers as an owner')
        network.send(to, node.name, () => node.deliver(() => settle(answer ?? null)))
      })
      checkCopies(owner)
    }),
  )
}

function read(
  node: SimulatedNode,
  session: string,
  next: (stored: StoredRecord<SessionCopy | null>) => void,
  failed: () => void,
): void {
  node.ask<StoredRecord<SessionCopy | null>>(
    1 + node.world.dice.below(3),
    (server, respond) =>
      respond(storedRecord(session, server.row<SessionRow>(session), server.identity)),
    (stored) => (stored === undefined ? failed() : next(stored)),
  )
}

function storedRecord(
  session: string,
  row: SessionRow | undefined,
  identity: string,
): StoredRecord<SessionCopy | null> {
  const value = row === undefined ? null : { write: row.write, touched: row.touched }
  return { fill: { value, ver: row?.ver ?? 0, idTag: session, tags: [] }, identity }
}

function castCopies(
  node: SimulatedNode,
  copies: Extract<OwnerStep, { type: 'cast' }>['copies'],
): void {
  const { world } = node
  for (const other of world.nodes) {
    if (other === node) continue
    world.network.send(node.name, other.name, () =>
      other.deliver(() => {
        other.owners.receive(copies)
        checkCopies(other)
      }),
    )
  }
}

/** R6: hands what now belongs to others to them, part by part. */
export function followView(node: SimulatedNode, view: View): void {
  for (const transfer of node.owners.follow(view)) {
    const send = (from: number): void => {
      if (from >= transfer.copies.length) return
      const batch = node.owners.batch(transfer, from, transferBatch)
      if (batch === undefined) return
      castCopies(node, batch)
      node.after(transferPauseMs, () => send(from + transferBatch))
    }
    send(0)
  }
}

/** What a node may answer from is not older than the log that it has read, nor than the bound. */
function checkCopies(owner: SimulatedNode): void {
  const { world, seen } = owner
  if (seen === undefined || !owner.fresh() || !owner.leaseValid()) return
  for (const [session, fill] of owner.owners.entries()) {
    const values: [string, number][] = [[session, (fill.value as SessionCopy).write]]
    if (!seen.server.history.current(values, seen.at, world.now)) {
      world.fail(`${owner.name} owns a copy of ${session} older than the log that it has read`)
    }
    if (!world.wasTrue(values, world.now - staleBound(owner))) {
      world.fail(`${owner.name} owns a copy of ${session} older than the bound`)
    }
  }
}

/** When all is quiet, no copy speaks of a session that has ended. */
export function checkQuietCopies(node: SimulatedNode): void {
  for (const [session, fill] of node.owners.entries()) {
    if (node.world.primary.history.latest(session) !== (fill.value as SessionCopy).write) {
      node.world.fail(`${node.name} keeps a copy of ${session} although everything is quiet`)
    }
  }
}
