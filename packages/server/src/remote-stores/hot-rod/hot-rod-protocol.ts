import type { RemoteAddress } from '../remote-store-settings.ts'
import type { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** Hot Rod 4.0: what Infinispan 14 to 16 speak. */
const version = 40
const requestMagic = 0xa0
const responseMagic = 0xa1
/** The client wants to hear of other servers, and does not choose among them by key. */
const topologyAware = 2
/** The server gives what a remove took away. */
const returnPrevious = 1

/** Numbers of requests; an answer has the next one. */
export const operations = {
  putIfAbsent: 0x05,
  replaceIfUnmodified: 0x09,
  remove: 0x0b,
  ping: 0x17,
  getWithMetadata: 0x1b,
  mechanisms: 0x21,
  authenticate: 0x23,
  execute: 0x2b,
} as const

const errorAnswer = 0x50
const firstErrorStatus = 0x81

/** How an operation ended, beside errors. */
export const statuses = {
  done: 0x00,
  notDone: 0x01,
  absent: 0x02,
  doneWithPrevious: 0x03,
  notDoneWithPrevious: 0x04,
} as const

export interface RequestHead {
  readonly id: number
  readonly operation: number
  /** Empty for what concerns no cache. */
  readonly cache: string
  readonly topology: number
  readonly previous?: boolean
}

/** @returns the beginning of a request; keys and values are bytes to the server */
export function requestHead(head: RequestHead): WireWriter {
  return new WireWriter()
    .byte(requestMagic)
    .variable(head.id)
    .byte(version)
    .byte(head.operation)
    .text(head.cache)
    .variable(head.previous === true ? returnPrevious : 0)
    .byte(topologyAware)
    .variable(head.topology)
    .byte(0)
    .byte(0)
    .variable(0)
}

export interface ServerTopology {
  readonly id: number
  readonly servers: readonly RemoteAddress[]
}

export interface AnswerHead {
  readonly id: number
  readonly status: number
  /** Set where the servers are others than the request thought. */
  readonly topology: ServerTopology | undefined
  /** What the server says is wrong; the answer has nothing else then. */
  readonly error: string | undefined
}

/** Reads the beginning of an answer. @throws MessageIncomplete; Error for what is no answer of Hot Rod */
export function answerHead(reader: WireReader): AnswerHead {
  if (reader.byte() !== responseMagic) throw new Error('the answer is none of Hot Rod')
  const id = reader.variable()
  const operation = reader.byte()
  const status = reader.byte()
  const topology = reader.byte() === 0 ? undefined : topologyOf(reader)
  const failed = operation === errorAnswer || status >= firstErrorStatus
  return { id, status, topology, error: failed ? reader.text() : undefined }
}

function topologyOf(reader: WireReader): ServerTopology {
  const id = reader.variable()
  const servers = Array.from({ length: reader.variable() }, () => {
    const host = reader.text()
    return { host, port: reader.short() }
  })
  return { id, servers }
}

/** Units of a lifespan and of an idle time share a byte. */
const milliseconds = 1
const infinite = 8

/**
 * How long an entry lives. Until version 2 of the protocol a lifespan of more than 30 days was the time of its end; since version 3
 * it is a lifespan whatever its length, and a time would be one of fifty years.
 */
export function writeLifespan(writer: WireWriter, lifespanMs: number | null): void {
  if (lifespanMs === null) {
    writer.byte((infinite << 4) | infinite)
    return
  }
  writer.byte((milliseconds << 4) | infinite).variable(lifespanMs)
}

/** Entries without an end, and without an idle time, are told without them. */
const withoutLifespan = 0x01
const withoutIdleTime = 0x02

/** Reads what stands before a value. @returns its version */
export function readMetadata(reader: WireReader): Buffer {
  const flags = reader.byte()
  if ((flags & withoutLifespan) === 0) {
    reader.raw(8)
    reader.variable()
  }
  if ((flags & withoutIdleTime) === 0) {
    reader.raw(8)
    reader.variable()
  }
  return Buffer.from(reader.raw(8))
}

/** The formats of a cache: 0 = none, 1 = a number, 2 = a text; the latter two with parameters. */
function skipMediaType(reader: WireReader): void {
  const kind = reader.byte()
  if (kind === 0) return
  if (kind === 1) reader.variable()
  else reader.text()
  for (let left = reader.variable(); left > 0; left -= 1) {
    reader.text()
    reader.text()
  }
}

/** Reads the rest of an answer to a ping. */
export function readPing(reader: WireReader): void {
  skipMediaType(reader)
  skipMediaType(reader)
  reader.byte()
  for (let left = reader.variable(); left > 0; left -= 1) reader.short()
}
