import type { Socket } from 'node:net'
import { RemoteCacheDegraded } from '../remote-connection.ts'
import type { RemoteAddress } from '../remote-store-settings.ts'
import { type AnswerHead, answerHead, type RequestHead, requestHead } from './hot-rod-protocol.ts'
import { MessageIncomplete, WireReader } from './wire-reader.ts'
import type { WireWriter } from './wire-writer.ts'

/** Requests that may wait for their answers on one connection; more are refused. */
const waitingMax = 10_000

/** The server has refused an operation. */
export class HotRodError extends Error {}

/** What servers say when a cache is kept in a database that is away. */
const unkept = /PersistenceException|StoreUnavailableException/

function refusal(text: string): Error {
  return unkept.test(text) ? new RemoteCacheDegraded(text) : new HotRodError(text)
}

interface Waiting {
  /** Reads what stands behind the head of the answer. */
  readonly read: (reader: WireReader, status: number) => unknown
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** What a request is besides its keys and values. */
export type Request = Pick<RequestHead, 'operation' | 'cache' | 'previous'>

/**
 * Requests and answers over a socket that is open. Many are under way at once and are told apart by their numbers. A message
 * that cannot be read, or an answer to nothing, ends the connection: what comes after it has no meaning.
 */
export class HotRodSocket {
  readonly #socket: Socket
  readonly #onServers: (servers: readonly RemoteAddress[]) => void
  readonly #waiting = new Map<number, Waiting>()
  #last = 0
  #topology = 0
  #bytes: Buffer = Buffer.alloc(0)
  #failure: Error | undefined

  /** @param onServers told of the servers that there are, whenever they change */
  constructor(socket: Socket, onServers: (servers: readonly RemoteAddress[]) => void) {
    this.#socket = socket
    this.#onServers = onServers
    socket.on('data', (chunk) => this.#receive(chunk as Buffer))
    socket.on('error', (error) => this.#end(error))
    socket.on('close', () => this.#end(new Error('the store has ended the connection')))
  }

  get lost(): boolean {
    return this.#failure !== undefined
  }

  destroy(): void {
    this.#end(new Error('the connection was given up'))
  }

  /**
   * @param write adds what belongs to the operation
   * @param read takes that from the answer
   * @throws HotRodError for what the server refuses; the reason why the connection ended
   */
  async ask<T>(
    request: Request,
    write: (writer: WireWriter) => void,
    read: (reader: WireReader, status: number) => T,
  ): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#waiting.size >= waitingMax) throw new Error('too much waits for the store')
    this.#last += 1
    const id = this.#last
    const writer = requestHead({ ...request, id, topology: this.#topology })
    write(writer)
    return await new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { read, resolve: (result) => resolve(result as T), reject })
      this.#socket.write(writer.done())
    })
  }

  #receive(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    try {
      while (this.#bytes.length > 0) {
        const reader = new WireReader(this.#bytes)
        this.#take(reader)
        this.#bytes = this.#bytes.subarray(reader.position)
      }
    } catch (error) {
      if (error instanceof MessageIncomplete) return
      this.#end(error instanceof Error ? error : new Error(String(error)))
    }
  }

  /** One answer. Nothing is told before all of it is there. */
  #take(reader: WireReader): void {
    const head = answerHead(reader)
    const asked = this.#waiting.get(head.id)
    if (asked === undefined) {
      // A server that cannot read a request does not know its number.
      throw new Error(head.error ?? 'the store has answered what nobody asked')
    }
    const result = head.error === undefined ? asked.read(reader, head.status) : undefined
    this.#waiting.delete(head.id)
    this.#learn(head)
    if (head.error === undefined) asked.resolve(result)
    else asked.reject(refusal(head.error))
  }

  #learn({ topology }: AnswerHead): void {
    if (topology === undefined) return
    this.#topology = topology.id
    if (topology.servers.length > 0) this.#onServers(topology.servers)
  }

  #end(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    this.#socket.destroy()
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
    this.#bytes = Buffer.alloc(0)
  }
}
