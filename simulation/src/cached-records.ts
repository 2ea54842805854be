import { type InvalidationEvent, shardOf } from '@holdfast/cluster'
import { type CommitResult, commit } from './commit.ts'
import type { Change, DatabaseServer, OpenTransaction } from './database-server.ts'
import type { RecordValue, SimulatedNode } from './simulated-node.ts'

/** A record as the database holds it. */
interface RecordRow {
  readonly write: number
  readonly ver: number
  /** How many writes it has seen: each adds one. */
  readonly count: number
}

const recordCount = 5
const groupCount = 2

/** How old a value may be that a node gives out, in ms: 5 s by its own clock, which may be 4 % slow, and the way. */
const staleMaxMs = 5000 / 0.96 + 100
/** After a failover a node may go on with the former primary until its heartbeat fails: 2 s and a poll more. */
const aftermathStaleMaxMs = 8000

/** All records announce their changes in one shard, as the configuration of one realm does. */
const recordShard = shardOf('realm')

const keyOf = (index: number) => `r/${index}`
const groupOf = (key: string) => `g/${Number(key.slice(2)) % groupCount}`

/** The age that no answer may exceed at this moment. */
export function staleBound(node: SimulatedNode): number {
  return node.world.inAftermath ? aftermathStaleMaxMs : staleMaxMs
}

function pairs(key: string, value: RecordValue): [string, number][] {
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

/** How a node answered for a record; undefined = 503, or no answer at all. */
export type ReadOutcome = { readonly value: RecordValue; readonly from: 'cache' | 'database' }

/** A client asks a node for a record. */
export function readRecord(
  node: SimulatedNode,
  key: string = anyKey(node),
  done: (outcome: ReadOutcome | undefined) => void = () => undefined,
): void {
  const cached = node.records.get(key)
  if (cached !== undefined) {
    checkCached(node, key, cached)
    done({ value: cached, from: 'cache' })
    return
  }
  if (!node.fresh()) {
    node.pollNow()
    done(undefined)
    return
  }
  const load = {
    key,
    token: node.records.begin(),
    connection: 1 + node.world.dice.below(3),
    askedAt: node.world.now,
    done,
  }
  if (node.world.behaviour.twoStatementLoads) loadInTwo(node, load)
  else askBoth(node, load, (answer) => loaded(node, load, answer))
}

const anyKey = (node: SimulatedNode) => keyOf(node.world.dice.below(recordCount))

interface Load {
  readonly key: string
  readonly token: number
  readonly connection: number
  readonly askedAt: number
  readonly done: (outcome: ReadOutcome | undefined) => void
}

interface Loaded extends RecordValue {
  readonly ver: number
  readonly identity: string
}

function askBoth(
  node: SimulatedNode,
  load: Load,
  done: (answer: Loaded | undefined) => void,
): void {
  node.ask<Loaded>(
    load.connection,
    (server, respond) => respond({ ...readBoth(server, load.key), identity: server.identity }),
    done,
  )
}

function readBoth(server: DatabaseServer, key: string) {
  const own = server.row<RecordRow>(key)
  const group = server.row<RecordRow>(groupOf(key))
  return { own: own?.write ?? 0, group: group?.write ?? 0, ver: own?.ver ?? 0 }
}

function loadInTwo(node: SimulatedNode, load: Load): void {
  askBoth(node, load, (first) => {
    askBoth(node, load, (second) => {
      const both = first && second && { ...second, own: first.own, ver: first.ver }
      loaded(node, load, both)
    })
  })
}

function loaded(node: SimulatedNode, load: Load, answer: Loaded | undefined): void {
  const { key, done } = load
  if (answer === undefined) {
    done(undefined)
    return
  }
  const value = { own: answer.own, group: answer.group }
  const fill = { value, ver: answer.ver, idTag: key, tags: [groupOf(key)] }
  if (!node.records.finish(key, fill, load.token, answer.identity)) {
    node.pollNow()
    done(undefined)
    return
  }
  // Given out once, even if it was not kept. The question was asked while the log was fresh.
  if (!node.world.wasTrue(pairs(key, value), load.askedAt - staleBound(node))) {
    node.world.fail(`${node.name} answers with ${key} as it never was, or was too long ago`)
  }
  done({ value, from: 'database' })
}

function checkCached(node: SimulatedNode, key: string, value: RecordValue): void {
  const { world, seen } = node
  const known = seen?.server.history.current(pairs(key, value), seen.at, world.now) ?? false
  if (!known) world.fail(`${node.name} has ${key} older than the log that it has read`)
  if (!world.wasTrue(pairs(key, value), world.now - staleBound(node))) {
    world.fail(`${node.name} gives out ${key} older than the bound`)
  }
}

/** An administrator changes one record, its group, or many at once. */
export function writeRecord(node: SimulatedNode): void {
  const { dice } = node.world
  const key = anyKey(node)
  const bulk = dice.chance(0.15)
  writeKeys(node, bulk ? bulkKeys() : dice.chance(0.3) ? [groupOf(key), key] : [key], bulk)
}

/**
 * One transaction that changes these records.
 * @param bulk announces a clear of everything instead of each record
 * @param done gets the number of the write, or undefined without an acknowledgement
 */
export function writeKeys(
  node: SimulatedNode,
  keys: readonly string[],
  bulk: boolean,
  done: (write: number | undefined) => void = () => undefined,
): void {
  const { world } = node
  const events = (rows: ReadonlyMap<string, number>) => (bulk ? [clearAll] : [changed(keys, rows)])
  const connection = 1 + world.dice.below(3)
  node.ask<OpenTransaction | undefined>(
    connection,
    (server, respond) => {
      const transaction = server.begin(node.name)
      const granted = () => {
        server.watchIdle(transaction)
        respond(transaction)
      }
      server.lock(transaction, keys, granted, () => respond(undefined))
    },
    (transaction, server) => {
      if (transaction === undefined) {
        done(undefined)
        return
      }
      const vers = new Map(keys.map((each) => [each, (server.row<RecordRow>(each)?.ver ?? 0) + 1]))
      finishWrite(node, { connection, transaction, server, keys, vers, events: events(vers), done })
    },
  )
}

interface OpenWrite {
  readonly connection: number
  readonly transaction: OpenTransaction
  readonly server: DatabaseServer
  readonly keys: readonly string[]
  readonly vers: ReadonlyMap<string, number>
  readonly events: readonly InvalidationEvent[]
  readonly done: (write: number | undefined) => void
}

function finishWrite(node: SimulatedNode, write: OpenWrite): void {
  const { world } = node
  const { announceBeforeCommit } = world.behaviour
  if (announceBeforeCommit) announce(node, write.events)
  const number = world.nextWrite()
  node.ask<CommitResult>(
    write.connection,
    (server, respond) => {
      if (server !== write.server || write.transaction.ended) return respond('refused')
      const request = {
        transaction: write.transaction,
        locks: [],
        compute: () => rowsOf(server, write, number),
        events: announceBeforeCommit ? [] : write.events,
        format: node.format,
      }
      commit(world, server, request, respond)
    },
    (result) => {
      if (result === undefined || result === 'refused') {
        write.done(undefined)
        return
      }
      world.note(node.name, () => `has written ${write.keys.join(', ')} as write ${number}`)
      node.appliedLocally(write.events)
      push(node, result)
      write.done(number)
    },
  )
}

/** Compare-and-set: refuses when a row is not as it was read under the lock. */
function rowsOf(server: DatabaseServer, write: OpenWrite, number: number): Change[] | undefined {
  const changes: Change[] = []
  for (const key of write.keys) {
    const row = server.row<RecordRow>(key)
    const ver = write.vers.get(key) ?? 0
    if ((row?.ver ?? 0) + 1 !== ver) return undefined
    changes.push([key, { write: number, ver, count: (row?.count ?? 0) + 1 }])
  }
  return changes
}

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

/** A node that acknowledges a change holds nothing from before it. */
function checkAcknowledged(node: SimulatedNode, committedAt: number): void {
  const { world } = node
  for (const [key, fill] of node.records.entries()) {
    if (!world.wasTrue(pairs(key, fill.value), committedAt)) {
      world.fail(`${node.name} acknowledges a change of ${key} and keeps the former value`)
    }
  }
}

/** The mistake of the control `cleared-before-commit`: caches are told, the log is not. */
function announce(node: SimulatedNode, events: readonly InvalidationEvent[]): void {
  const { world } = node
  node.appliedLocally(events)
  for (const other of world.nodes) {
    if (other === node) continue
    world.network.send(node.name, other.name, () =>
      other.deliver(() => other.appliedLocally(events)),
    )
  }
}

function bulkKeys(): string[] {
  const all = Array.from({ length: recordCount }, (_, index) => keyOf(index))
  return all.slice(0, 3)
}

const clearAll: InvalidationEvent = { kind: '*', shardKey: 'realm', tags: [], op: 'clear' }

function changed(keys: readonly string[], vers: ReadonlyMap<string, number>): InvalidationEvent {
  const own = keys.at(-1) as string
  const ver = vers.get(own) ?? 0
  return {
    kind: 'realms',
    shardKey: 'realm',
    tags: [own, ...keys.slice(0, -1)],
    ver,
    op: 'invalidate',
  }
}
