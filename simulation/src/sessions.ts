import {
  answersTo,
  type InvalidationEvent,
  OwnerTable,
  type Standing,
  shardOf,
  trustsCopy,
  type View,
} from '@holdfast/cluster'
import { push, staleBound } from './cached-records.ts'
import { checkNotEvicted } from './cluster-job.ts'
import { type CommitResult, commit } from './commit.ts'
import type { DatabaseServer } from './database-server.ts'
import type { SessionCopy, SimulatedNode } from './simulated-node.ts'

interface SessionRow extends SessionCopy {
  readonly ver: number
}

/** A copy on its way to the session's owner. */
interface SentCopy {
  readonly session: string
  readonly row: SessionRow
  /** Where the sender stood when it had the copy. */
  readonly standing: Standing
}

const removed = (session: string, ver: number): InvalidationEvent => ({
  kind: 'sessions',
  shardKey: session,
  tags: [session],
  ver,
  op: 'invalidate',
})

/** Somebody signs in; the session's owner gets a copy. */
export function logIn(node: SimulatedNode): void {
  const { world } = node
  const number = world.nextWrite()
  const session = `s/${number}`
  write(node, session, { write: number, ver: 1 }, [], (result) => {
    world.sessions.push(session)
    if (world.sessions.length > 6) world.sessions.shift()
    const standing = { ...standingOf(node, session), identity: result.identity }
    sendCopy(node, session, { write: number, ver: 1 }, standing)
  })
}

/** Somebody signs out; from the acknowledgement on no token may be issued. */
export function logOut(node: SimulatedNode): void {
  const { world } = node
  const session = world.sessions[world.dice.below(world.sessions.length)]
  if (session === undefined) return
  write(node, session, undefined, [removed(session, 2)], (result, server) => {
    if (!world.isLost(server, session)) world.loggedOut.set(session, world.now)
    world.note(node.name, () => `has ended ${session}`)
    node.appliedLocally([removed(session, 2)])
    push(node, result)
    refreshElsewhere(node, session)
  })
}

/** An app that does not know of the logout refreshes a moment later. */
function refreshElsewhere(node: SimulatedNode, session: string): void {
  const { world } = node
  const other = world.dice.pick(world.nodes)
  world.scheduler.after(world.dice.between(0.5, 60), () =>
    other.deliver(() => refresh(other, session)),
  )
}

function write(
  node: SimulatedNode,
  session: string,
  row: SessionRow | undefined,
  events: readonly InvalidationEvent[],
  done: (result: Exclude<CommitResult, 'refused'>, server: DatabaseServer) => void,
): void {
  const { world } = node
  node.ask<CommitResult>(
    1 + world.dice.below(3),
    (server, respond) => {
      const request = {
        transaction: server.begin(node.name),
        locks: [session],
        compute: () =>
          row === undefined && server.row(session) === undefined
            ? undefined
            : [[session, row] as const],
        events,
        format: node.format,
      }
      commit(world, server, request, respond)
    },
    (result, server) => {
      if (result !== undefined && result !== 'refused') done(result, server)
    },
  )
}

/** A token is refreshed: the session's row in the database decides; then the owner's copy is renewed. */
export function refresh(node: SimulatedNode, which?: string): void {
  const { world } = node
  const session = which ?? world.sessions[world.dice.below(world.sessions.length)]
  if (session === undefined) return
  const askedAt = world.now
  if (world.behaviour.tokenFromOwnerCopy) {
    askOwner(node, session, (copy) => {
      if (copy !== undefined) issueToken(node, session, askedAt)
    })
    return
  }
  const token = node.copies.begin()
  const standing = standingOf(node, session)
  node.ask<{ row: SessionRow | undefined; identity: string }>(
    1 + world.dice.below(3),
    (server, respond) =>
      respond({ row: server.row<SessionRow>(session), identity: server.identity }),
    (answer) => {
      if (answer === undefined || answer.row === undefined || !node.fresh()) return
      if (!world.behaviour.protocol.fillIsOurs(node.log.identity, answer.identity)) {
        return node.pollNow()
      }
      issueToken(node, session, askedAt)
      const kept = node.caches.guard.admits(token, {
        ver: answer.row.ver,
        idTag: session,
        tags: [],
      })
      const { row, identity } = answer
      if (kept) sendCopy(node, session, row, { ...standing, identity })
    },
  )
}

function issueToken(node: SimulatedNode, session: string, askedAt: number): void {
  const { world } = node
  const endedAt = world.loggedOut.get(session)
  if (endedAt === undefined) return
  const grace = world.inAftermath ? staleBound(node) : 0
  if (askedAt > endedAt + grace) {
    world.fail(`${node.name} issues a token for ${session}, which was ended before`)
  }
}

/** The product's table of owners, once per view and not once per question. */
const tables = new WeakMap<View, OwnerTable>()

/** Who keeps the copy of a session, by a node's own view. */
function ownerOf(node: SimulatedNode, session: string): string | undefined {
  const { view } = node.membership
  const known = tables.get(view)
  const table = known ?? new OwnerTable(view.members, 1)
  if (known === undefined) tables.set(view, table)
  return table.primary(session)
}

/** Where a node stands for a session, as owners compare it. */
function standingOf(node: SimulatedNode, session: string): Standing {
  const { view } = node.membership
  const { identity, cursors } = node.log
  const { v, tag } = cursors[shardOf(session)] ?? { v: -1, tag: 0 }
  return { viewId: view.id, viewTag: view.tag, identity: identity ?? '', v, tag }
}

function sendCopy(node: SimulatedNode, session: string, row: SessionRow, standing: Standing): void {
  const owner = ownerOf(node, session)
  if (owner !== undefined) deliverCopy(node, owner, { session, row, standing })
}

function deliverCopy(node: SimulatedNode, to: string, copy: SentCopy): void {
  const target = node.world.nodes.find((other) => other.name === to)
  if (target === undefined) return
  node.world.network.send(node.name, to, () => target.deliver(() => takeCopy(target, copy)))
}

/** A copy is kept only when its sender had seen at least as much of the log as this node (R6). */
function takeCopy(node: SimulatedNode, copy: SentCopy): void {
  const { row, session, standing } = copy
  if (!trustsCopy(standingOf(node, session), standing, node.world.behaviour.protocol)) return
  const token = node.copies.begin()
  const fill = { value: { write: row.write }, ver: row.ver, idTag: session, tags: [] }
  node.copies.finish(session, fill, token, standing.identity)
}

/** Hands copies that now belong to others to their new owners. */
export function transferCopies(node: SimulatedNode): void {
  if (node.log.identity === undefined || !node.fresh()) return
  for (const [session, fill] of [...node.copies.entries()]) {
    const owner = ownerOf(node, session)
    if (owner === undefined || owner === node.name) continue
    const row = { write: fill.value.write, ver: fill.ver }
    deliverCopy(node, owner, { session, row, standing: standingOf(node, session) })
    node.copies.drop([session])
  }
}

/** A list or an introspection asks the session's owner, and takes no answer for a reason to ask the database. */
export function lookUpSession(node: SimulatedNode): void {
  const { world } = node
  const session = world.sessions[world.dice.below(world.sessions.length)]
  if (session !== undefined) askOwner(node, session, () => undefined)
}

function askOwner(
  node: SimulatedNode,
  session: string,
  done: (copy: SessionCopy | undefined) => void,
): void {
  const { world } = node
  const owner = world.nodes.find((other) => other.name === ownerOf(node, session))
  const standing = standingOf(node, session)
  if (owner === undefined) {
    done(undefined)
    return
  }
  world.network.send(node.name, owner.name, () => {
    owner.deliver(() => {
      const answers = owner.leaseValid() && answersTo(standingOf(owner, session), standing)
      if (!answers) return done(undefined)
      checkNotEvicted(owner, 'answers as an owner')
      const copy = owner.copies.get(session)
      if (copy !== undefined) checkCopy(owner, session, copy)
      world.network.send(owner.name, node.name, () => node.deliver(() => done(copy)))
    })
  })
}

function checkCopy(owner: SimulatedNode, session: string, copy: SessionCopy): void {
  const { world, seen } = owner
  const values: [string, number][] = [[session, copy.write]]
  if (seen === undefined || !seen.server.history.current(values, seen.at, world.now)) {
    world.fail(`${owner.name} owns a copy of ${session} older than the log that it has read`)
  }
  if (!world.wasTrue(values, world.now - staleBound(owner))) {
    world.fail(`${owner.name} owns a copy of ${session} older than the bound`)
  }
}
