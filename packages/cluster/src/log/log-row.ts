import type { InvalidationEvent } from './invalidation-event.ts'

/** How many epochs the log is cut into. */
export const shardCount = 64

/** The version of the `events` column's form. A reader that meets another one clears everything. */
export const eventFormat = 1

/** The kind of an event that concerns every cache. */
export const everyKind = '*'

/** How far a reader has got in one shard: the number and the random tag of the last entry applied. */
export interface Cursor {
  readonly v: number
  readonly tag: number
}

/** One entry of the log, from the table or pushed by a peer. Entries of a shard form a chain by their tags. */
export interface LogRow extends Cursor {
  readonly shard: number
  readonly prevTag: number
  readonly fmt: number
  /** Events as JSON. */
  readonly events: string
}

/** What a poll says about a shard that is not where the reader was. */
export interface ShardAnswer extends Cursor {
  readonly shard: number
  /** The entries after the reader's cursor, ascending; empty when there are too many or they are gone. */
  readonly rows: readonly LogRow[]
}

/** The answer to one poll: one statement, hence one snapshot of one database. */
export interface PollAnswer {
  readonly identity: string
  /** True on a standby: the answer counts as a failed poll. */
  readonly recovering: boolean
  readonly shards: readonly ShardAnswer[]
}

/** FNV-1a, 32 bits: spreads keys over shards and tags over stripes; the same on every node. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}

/** @returns the shard (0 to 63) in which events with this key are ordered. */
export function shardOf(key: string): number {
  const hash = hashOf(key)
  return ((hash ^ (hash >>> 16)) >>> 0) % shardCount
}

/** @returns the events of an entry, or undefined when they cannot be understood (the reader then clears everything). */
export function eventsOf(row: LogRow): InvalidationEvent[] | undefined {
  if (row.fmt !== eventFormat) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(row.events)
  } catch {
    return undefined
  }
  return Array.isArray(parsed) && parsed.every(isEvent) ? parsed : undefined
}

function isEvent(value: unknown): value is InvalidationEvent {
  if (typeof value !== 'object' || value === null) return false
  const event = value as Partial<InvalidationEvent>
  return (
    typeof event.kind === 'string' &&
    (event.op === 'clear' || event.op === 'invalidate') &&
    Array.isArray(event.tags) &&
    event.tags.every((tag) => typeof tag === 'string') &&
    (event.ver === undefined || typeof event.ver === 'number')
  )
}
