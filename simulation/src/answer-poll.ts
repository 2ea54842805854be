import type { LogState, PollAnswer, PollRider, RiderAnswer } from '@holdfast/cluster'
import type { DatabaseServer } from './database-server.ts'
import type { World } from './world.ts'

type Polled = PollAnswer & { readonly rider: RiderAnswer | undefined }

/** Runs a poll on the server. The heartbeat writes: it waits for the lock of its row, and a former primary does not answer it. */
export function answerPoll(
  world: World,
  server: DatabaseServer,
  cursors: LogState['cursors'],
  rider: PollRider | undefined,
  respond: (answer: Polled) => void,
): void {
  if (!rider?.beat) {
    respond(polled(server, cursors, rider, undefined))
    return
  }
  if (!server.writable) return
  const transaction = server.begin(rider.nodeId)
  const key = `m/${rider.nodeId}`
  const granted = () => {
    const own = server.row<MemberRow>(key)
    const alive = own?.incarnation === rider.incarnation
    if (own && alive) server.apply([[key, { ...own, beat: own.beat + 1 }]], world.now)
    server.end(transaction)
    respond(polled(server, cursors, rider, alive))
  }
  server.lock(transaction, [key], granted, () => undefined)
}

function polled(
  server: DatabaseServer,
  cursors: LogState['cursors'],
  rider: PollRider | undefined,
  alive: boolean | undefined,
): Polled {
  const shards = server.epochs.flatMap((epoch, shard) => {
    const cursor = cursors[shard]
    if (cursor === undefined || (cursor.v === epoch.v && cursor.tag === epoch.tag)) return []
    const rows = cursor.v >= 0 ? server.logRows(shard, cursor.v, epoch.v) : []
    return [{ shard, v: epoch.v, tag: epoch.tag, rows }]
  })
  return {
    identity: server.identity,
    recovering: false,
    shards,
    rider: rider && answerRider(server, rider, alive),
  }
}

interface MemberRow {
  readonly incarnation: number
  readonly beat: number
}

function answerRider(
  server: DatabaseServer,
  rider: PollRider,
  alive: boolean | undefined,
): RiderAnswer {
  const view = server.row<RiderAnswer['view']>('view')
  const beats = view?.members.flatMap((member) => {
    const row = server.row<MemberRow>(`m/${member.id}`)
    return row ? [{ nodeId: member.id, incarnation: row.incarnation, beat: row.beat }] : []
  })
  return {
    view: view && (view.id !== rider.viewId || view.tag !== rider.viewTag) ? view : undefined,
    alive,
    beats: rider.beat ? beats : undefined,
  }
}
