import type { NodeBeat, View } from '../membership/view.ts'
import type { LogRow, PollAnswer, ShardAnswer } from './log-row.ts'
import type { SqlConnection } from './sql-connection.ts'

/** A reader that lags further behind in one shard forgets everything instead of reading so many entries. */
const rowsPerShardMax = 1000

const timeline = `CASE WHEN pg_is_in_recovery() THEN 'standby'
  ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END`
const startedAt = 'extract(epoch FROM pg_postmaster_start_time())::text'

/**
 * SQL of what tells one running database and history from another, best first. The server's address stands in only
 * where the system's identifier may not be read: one server may be reached by several addresses.
 */
const identityChoices: readonly string[] = [
  `concat_ws('/', (SELECT system_identifier FROM pg_control_system()), ${timeline}, ${startedAt})`,
  `concat_ws('/', inet_server_addr(), ${timeline}, ${startedAt})`,
  `concat_ws('/', inet_server_addr(), pg_is_in_recovery(), ${startedAt})`,
]

/** SQLSTATEs of a function that this role may not call or that this engine does not have. */
const unavailable = new Set(['42501', '42883', '0A000', '55000'])

/**
 * Finds the best identity that this role and engine offer.
 * @returns a scalar SQL expression, to be read in the statement whose answer it vouches for
 * @throws the database's error when it is not about permissions
 */
export async function identitySql(connection: SqlConnection): Promise<string> {
  let refusal: unknown
  for (const choice of identityChoices) {
    try {
      await connection.query(`SELECT ${choice} AS identity`)
      return choice
    } catch (error) {
      if (!unavailable.has(String((error as { code?: unknown }).code))) throw error
      refusal = error
    }
  }
  throw refusal
}

/** What a member adds to a poll: that it is alive, and which view it knows. */
export interface PollRider {
  readonly cluster: string
  readonly nodeId: string
  readonly incarnation: number
  readonly viewId: number
  readonly viewTag: number
  /** Whether this poll is also the heartbeat. */
  readonly beat: boolean
}

/** What a poll tells a member. */
export interface RiderAnswer {
  /** The view, when it is not the one that the member knows. */
  readonly view: Pick<View, 'id' | 'tag' | 'members'> | undefined
  /** Own heartbeat: undefined when none was asked for, false when the row is gone (evicted). */
  readonly alive: boolean | undefined
  /** Everybody's heartbeats, with each own one. */
  readonly beats: readonly NodeBeat[] | undefined
}

interface PollRow {
  readonly identity: string
  readonly recovering: boolean
  readonly shards: unknown
  readonly view?: unknown
  readonly beats?: unknown
  readonly beat?: number | null
}

type RowJson = [v: number, prevTag: number, tag: number, fmt: number, events: string]
type ShardJson = [shard: number, v: number, tag: number, rows: RowJson[] | null]
type ViewJson = [id: number, tag: number, members: string]
type BeatJson = [nodeId: string, incarnation: number, beat: number]

function pollText(identity: string, rider: PollRider | undefined): string {
  const beat = `WITH beat AS (UPDATE cluster_member SET beat = beat + 1
  WHERE cluster = $3 AND node_id = $6 AND incarnation = $7 RETURNING beat)\n`
  const view = `,
  (SELECT json_build_array(w.view_id, w.tag, w.members) FROM cluster_view w
    WHERE w.cluster = $3 AND (w.view_id <> $4 OR w.tag <> $5)) AS view`
  const beats = `,
  (SELECT b.beat FROM beat b) AS beat,
  (SELECT json_agg(json_build_array(m.node_id, m.incarnation, m.beat)) FROM cluster_member m
    WHERE m.cluster = $3) AS beats`
  return `${rider?.beat ? beat : ''}SELECT ${identity} AS identity, pg_is_in_recovery() AS recovering,
  (SELECT json_agg(json_build_array(e.shard, e.v, e.tag,
      CASE WHEN c.v >= 0 AND e.v > c.v AND e.v - c.v <= ${rowsPerShardMax} THEN
        (SELECT json_agg(json_build_array(l.v, l.prev_tag, l.tag, l.fmt, l.events) ORDER BY l.v)
           FROM inv_log l WHERE l.shard = e.shard AND l.v > c.v AND l.v <= e.v) END))
     FROM inv_epoch e
     JOIN unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY c(v, tag, n) ON e.shard = c.n - 1
    WHERE e.v <> c.v OR e.tag <> c.tag) AS shards${rider ? view : ''}${rider?.beat ? beats : ''}`
}

/** The statements of the invalidation log's reader. */
export class LogStore {
  readonly #connection: SqlConnection
  readonly #identity: string

  /** @param identity what `identitySql` returned */
  constructor(connection: SqlConnection, identity: string) {
    this.#connection = connection
    this.#identity = identity
  }

  /**
   * One statement, hence one snapshot: identity, what lies after the cursors, the view, and with `rider.beat` the
   * heartbeat. Reads `inv_epoch` whole (64 rows) and `inv_log` by its primary key.
   */
  async poll(
    cursors: readonly { readonly v: number; readonly tag: number }[],
    rider: PollRider | undefined,
  ): Promise<PollAnswer & { readonly rider: RiderAnswer | undefined }> {
    const values: unknown[] = [
      cursors.map((cursor) => cursor.v),
      cursors.map((cursor) => cursor.tag),
    ]
    if (rider) values.push(rider.cluster, rider.viewId, rider.viewTag)
    if (rider?.beat) values.push(rider.nodeId, rider.incarnation)
    const [row] = await this.#connection.query<PollRow>(pollText(this.#identity, rider), values)
    if (row === undefined) throw new Error('the poll of the invalidation log returned no row')
    return {
      identity: row.identity,
      recovering: row.recovering,
      shards: (fromJson<ShardJson[]>(row.shards) ?? []).map(shardAnswer),
      rider: rider && riderAnswer(row, rider.beat),
    }
  }

  /** Deletes entries older than 24 hours, at most `limit` at once; uses the index on `at`. @returns how many */
  async trim(limit: number): Promise<number> {
    const rows = await this.#connection.query(
      `DELETE FROM inv_log WHERE (shard, v) IN (
         SELECT shard, v FROM inv_log WHERE at < now() - interval '24 hours' ORDER BY at LIMIT $1
         FOR UPDATE SKIP LOCKED) RETURNING shard`,
      [limit],
    )
    return rows.length
  }
}

/** Drivers differ in whether they parse JSON columns. */
function fromJson<T>(value: unknown): T | undefined {
  if (value === null || value === undefined) return undefined
  return (typeof value === 'string' ? JSON.parse(value) : value) as T
}

function shardAnswer([shard, v, tag, rows]: ShardJson): ShardAnswer {
  return {
    shard,
    v,
    tag,
    rows: (rows ?? []).map(
      ([rowV, prevTag, rowTag, fmt, events]): LogRow => ({
        shard,
        v: rowV,
        prevTag,
        tag: rowTag,
        fmt,
        events,
      }),
    ),
  }
}

function riderAnswer(row: PollRow, beat: boolean): RiderAnswer {
  const view = fromJson<ViewJson>(row.view)
  const beats = fromJson<BeatJson[]>(row.beats)
  return {
    view: view && { id: view[0], tag: view[1], members: JSON.parse(view[2]) as View['members'] },
    alive: beat ? row.beat !== null && row.beat !== undefined : undefined,
    beats: beats?.map(([nodeId, incarnation, count]) => ({ nodeId, incarnation, beat: count })),
  }
}
