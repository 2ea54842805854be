import { type CommitResult, commit } from './commit.ts'
import type { DatabaseServer } from './database-server.ts'
import { push } from './push.ts'
import { staleBound } from './record-checks.ts'
import { runRequest, type SessionRow, sessionChanged } from './session-owners.ts'
import type { SimulatedNode } from './simulated-node.ts'

/** So many sessions are in use at a time. */
const sessionsMax = 6

/** Somebody signs in: a new session, of which nobody has a copy. */
export function logIn(node: SimulatedNode): void {
  const { world } = node
  const number = world.nextWrite()
  const session = `s/${number}`
  write(node, session, { write: number, touched: 0, ver: 1 }, () => {
    world.sessions.push(session)
    if (world.sessions.length > sessionsMax) world.sessions.shift()
  })
}

/** Somebody signs out; from the acknowledgement on no token may be issued. */
export function logOut(node: SimulatedNode): void {
  const { world } = node
  const session = world.sessions[world.dice.below(world.sessions.length)]
  if (session === undefined) return
  write(node, session, undefined, (result, server) => {
    if (!world.isLost(server, session)) world.loggedOut.set(session, world.now)
    world.note(node.name, () => `has ended ${session}`)
    node.appliedLocally([sessionChanged(session)])
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
        events: row === undefined ? [sessionChanged(session)] : [],
        format: node.format,
      }
      commit(world, server, request, respond)
    },
    (result, server) => {
      if (result !== undefined && result !== 'refused') done(result, server)
    },
  )
}

/** A token is refreshed: the session's row in the database decides (R1); its last use is written past the owners (R7). */
export function refresh(node: SimulatedNode, which?: string): void {
  const { world } = node
  const session = which ?? world.sessions[world.dice.below(world.sessions.length)]
  if (session === undefined) return
  const askedAt = world.now
  if (world.behaviour.tokenFromOwnerCopy) {
    runRequest(node, node.owners.read(session, false), (copy) => {
      if (copy) issueToken(node, session, askedAt)
    })
    return
  }
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
      touch(node, session, world.nextWrite())
    },
  )
}

/** An update of the row that is there, never one that brings it back; the later of two wins. No copy hears of it. */
function touch(node: SimulatedNode, session: string, at: number): void {
  const { world } = node
  node.ask<CommitResult>(
    1 + world.dice.below(3),
    (server, respond) => {
      const request = {
        transaction: server.begin(node.name),
        locks: [session],
        compute: () => {
          const known = server.row<SessionRow>(session)
          if (known === undefined) return undefined
          const touched = Math.max(known.touched, at)
          return [[session, { ...known, touched, ver: known.ver + 1 }] as const]
        },
        events: [],
        format: node.format,
      }
      commit(world, server, request, respond)
    },
    (result) => {
      if (result === undefined || result === 'refused') return
      world.acknowledged(session, result, at)
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

/** A list or an introspection asks the session's owner, and past it the database. */
export function lookUpSession(node: SimulatedNode): void {
  const { world } = node
  const session = world.sessions[world.dice.below(world.sessions.length)]
  if (session === undefined || !node.fresh()) return
  const askedAt = world.now
  runRequest(node, node.owners.read(session, false), (copy) => {
    if (!copy) return
    if (!world.wasTrue([[session, copy.write]], askedAt - staleBound(node))) {
      world.fail(`${node.name} says that ${session} lives, which was ended too long ago`)
    }
  })
}
