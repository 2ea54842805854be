import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { HttpError } from './http-error.ts'

/** Bytes of bodies that may be arriving at the same time, whoever sends them. */
const arrivingBytesMax = 320 * 1024 * 1024
/** Bytes that are still read of a body that nobody wants, so that its sender gets to read the answer. */
const unreadBytesMax = 10 * 1024 * 1024

interface Arriving {
  readonly source: Readable
  bytes: number
}

/**
 * Bounds what bodies hold in memory while they arrive. They do not count in the line of requests (a few slow senders would
 * keep everybody out), so what they have sent does: beyond the bound, the one that has sent most is given up with 503.
 */
export class ArrivingBodies {
  readonly #bytesMax: number
  readonly #arriving = new Set<Arriving>()
  #bytes = 0

  constructor(bytesMax = arrivingBytesMax) {
    this.#bytesMax = bytesMax
  }

  /** Bytes of bodies that are arriving now. */
  get bytes(): number {
    return this.#bytes
  }

  /** Follows a body until it is there or given up. To be called in the turn in which its reader begins to listen. */
  follow(source: Readable): void {
    const body: Arriving = { source, bytes: 0 }
    const count = (chunk: Buffer | string) => {
      body.bytes += chunk.length
      this.#bytes += chunk.length
      if (this.#bytes > this.#bytesMax) this.#giveUpLargest()
    }
    const over = () => {
      source.off('data', count)
      source.off('end', over)
      source.off('error', over)
      source.off('close', over)
      if (this.#arriving.delete(body)) this.#bytes -= body.bytes
    }
    this.#arriving.add(body)
    source.on('data', count)
    source.on('end', over)
    source.on('error', over)
    source.on('close', over)
  }

  /** Its reader takes the error for that of the body and answers it. */
  #giveUpLargest(): void {
    let largest: Arriving | undefined
    for (const body of this.#arriving) {
      if (largest === undefined || body.bytes > largest.bytes) largest = body
    }
    largest?.source.emit('error', tooMuchAtOnce())
  }
}

function tooMuchAtOnce(): HttpError {
  const body = { error: 'temporarily_unavailable', error_description: 'Too much is arriving' }
  return new HttpError(503, body, { 'retry-after': '2' })
}

/**
 * For a request that is answered before its body was read. The rest is thrown away as it comes: a connection that is closed
 * on unread bytes is reset, and its client never sees the answer. One that sends on and on is cut.
 */
export function throwAwayUnread(request: IncomingMessage): void {
  if (request.complete || !hasBody(request)) return
  let bytes = 0
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > unreadBytesMax) request.destroy()
  })
  request.on('error', () => undefined)
  request.resume()
}

/** @returns whether a request says that it has a body */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0')
}
