import type { InvalidationEvent } from './invalidation-event.ts'
import { eventFormat, everyKind, shardOf } from './log-row.ts'

/** With more tags than this in one transaction, a single `clear` of every cache says it cheaper. */
const tagsMax = 1000

/** The largest tag: what a JavaScript number and a JSON number hold exactly. */
const tagMax = 2 ** 52

/** Gives numbers at least 0 and below 1. */
export type Random = () => number

/** A statement that the writer's transaction sends as its last one before COMMIT. */
export interface OutboxStatement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** What the statement returns: the place of each entry it wrote. */
export interface OutboxRow {
  readonly shard: number
  readonly v: number
  readonly prev_tag: number
  readonly tag: number
  readonly identity?: string
}

/** Locks the epochs in ascending order, so that two writers never wait for each other in a circle. */
const outboxText = (identity: string | undefined) => `\
WITH l AS (SELECT shard, v, tag FROM inv_epoch WHERE shard = ANY($1::int[]) ORDER BY shard FOR UPDATE),
u AS (UPDATE inv_epoch e SET v = e.v + 1, tag = n.tag
      FROM l JOIN unnest($1::int[], $2::bigint[]) n(shard, tag) USING (shard)
      WHERE e.shard = l.shard RETURNING e.shard, e.v, l.tag AS prev, e.tag)
INSERT INTO inv_log (shard, v, prev_tag, tag, fmt, events)
SELECT u.shard, u.v, u.prev, u.tag, ${eventFormat}, x.ev
FROM u JOIN unnest($1::int[], $3::text[]) x(shard, ev) USING (shard)
RETURNING shard, v, prev_tag, tag${identity === undefined ? '' : `, ${identity} AS identity`}`

const plainText = outboxText(undefined)

/**
 * The events of a transaction as one statement. The epochs' row locks are held from here to the commit: per shard the
 * order of commits is the order of numbers, a rollback leaves no gap, and no reader can overtake a writer.
 * @param events what changed; at least one. More than 1,000 tags in all become one `clear` of every cache
 * @param random tells histories apart, not secrets
 * @param identity SQL of the database's identity (see `identitySql`); with it the returned rows may be pushed to peers
 */
export function outboxStatement(
  events: readonly InvalidationEvent[],
  random: Random = Math.random,
  identity?: string,
): OutboxStatement {
  const byShard = textByShard(events)
  const shards = [...byShard.keys()]
  const tags = shards.map(() => 1 + Math.floor(random() * (tagMax - 1)))
  return {
    text: identity === undefined ? plainText : outboxText(identity),
    values: [shards, tags, [...byShard.values()]],
  }
}

/** @returns the text of the entry of each shard that these events go to, shards ascending */
export function textByShard(events: readonly InvalidationEvent[]): Map<number, string> {
  const byShard = new Map<number, InvalidationEvent[]>()
  for (const event of collapse(events)) {
    const shard = shardOf(event.shardKey)
    const listed = byShard.get(shard)
    if (listed) listed.push(event)
    else byShard.set(shard, [event])
  }
  const ascending = [...byShard].sort(([a], [b]) => a - b)
  return new Map(ascending.map(([shard, listed]) => [shard, JSON.stringify(listed)]))
}

function collapse(events: readonly InvalidationEvent[]): readonly InvalidationEvent[] {
  const total = events.reduce((sum, event) => sum + event.tags.length, 0)
  if (total <= tagsMax) return events
  const shardKey = events[0]?.shardKey ?? everyKind
  return [{ kind: everyKind, shardKey, tags: [], op: 'clear' }]
}
