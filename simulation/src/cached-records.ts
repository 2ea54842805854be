import type { InvalidationEvent } from '@holdfast/cluster'
import { type CommitResult, commit } from './commit.ts'
import type { Change, DatabaseServer, OpenTransaction } from './database-server.ts'
import { push } from './push.ts'
import { checkCached, groupOf, pairs, staleBound } from './record-checks.ts'
import type { RecordValue, SimulatedNode } from './simulated-node.ts'

/** A record as the database holds it. */
interface RecordRow {
  readonly write: number
  readonly ver: number
  /** How many writes it has seen: each adds one. */
  readonly count: number
}

const recordCount = 5
const keyOf = (index: number) => `r/${index}`
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
  const events = (rows: ReadonlyMap<string, number>) =>
    bulk ? [clearAll] : [changed(keys, rows), ...alongside(keys)]
  const { writesWithoutCompare } = world.behaviour
  const connection = 1 + world.dice.below(3)
  let read: ReadRows | undefined
  node.ask<OpenTransaction | undefined>(
    connection,
    (server, respond) => {
      const transaction = server.begin(node.name)
      const granted = () => {
        server.watchIdle(transaction)
        respond(transaction)
      }
      if (writesWithoutCompare) read = rowsAt(server, keys)
      server.lock(transaction, writesWithoutCompare ? [] : keys, granted, () => respond(undefined))
    },
    (transaction, server) => {
      if (transaction === undefined) {
        done(undefined)
        return
      }
      const rows = read ?? rowsAt(server, keys)
      const vers = new Map(keys.map((each) => [each, (rows.get(each)?.ver ?? 0) + 1]))
      finishWrite(node, {
        connection,
        transaction,
        server,
        keys,
        vers,
        events: events(vers),
        read,
        done,
      })
    },
  )
}

type ReadRows = ReadonlyMap<string, RecordRow | undefined>

function rowsAt(server: DatabaseServer, keys: readonly string[]): ReadRows {
  return new Map(keys.map((key) => [key, server.row<RecordRow>(key)]))
}

interface OpenWrite {
  readonly connection: number
  readonly transaction: OpenTransaction
  readonly server: DatabaseServer
  readonly keys: readonly string[]
  readonly vers: ReadonlyMap<string, number>
  readonly events: readonly InvalidationEvent[]
  /** The mistake of the control `write-without-compare`: what was read before, without a lock. */
  readonly read: ReadRows | undefined
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
      for (const key of write.keys) world.acknowledged(key, result)
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
    const row = write.read ? write.read.get(key) : server.row<RecordRow>(key)
    const ver = write.vers.get(key) ?? 0
    if ((row?.ver ?? 0) + 1 !== ver) return undefined
    changes.push([key, { write: number, ver, count: (row?.count ?? 0) + 1 }])
  }
  return changes
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

/** A change of a group also announces itself to those who cache its members, in shards of their own. */
function alongside(keys: readonly string[]): InvalidationEvent[] {
  const group = keys.find((key) => key.startsWith('g/'))
  if (group === undefined) return []
  return ['members', 'roles'].map((what) => ({
    kind: 'users',
    shardKey: what,
    tags: [`${what} of ${group}`],
    op: 'invalidate',
  }))
}

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
