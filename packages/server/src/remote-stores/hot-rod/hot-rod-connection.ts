import type { RemoteCacheName, RemoteConnection, RemoteEntry } from '../remote-connection.ts'
import { operations, readMetadata, readPing, statuses, writeLifespan } from './hot-rod-protocol.ts'
import type { HotRodSocket } from './hot-rod-socket.ts'
import type { WireReader } from './wire-reader.ts'

/**
 * Infinispan over Hot Rod. Keys and values are bytes to it, and each value has a version of the server's. Topology: one
 * connection to one server, which knows where an entry is; the others are known for when it is gone.
 */
export class HotRodConnection implements RemoteConnection {
  readonly #socket: HotRodSocket

  constructor(socket: HotRodSocket) {
    this.#socket = socket
  }

  get lost(): boolean {
    return this.#socket.lost
  }

  async get(cache: RemoteCacheName, key: string): Promise<RemoteEntry | null> {
    return await this.#socket.ask(
      { operation: operations.getWithMetadata, cache },
      (writer) => writer.text(key),
      (reader, status) => {
        if (status === statuses.absent) return null
        const version = readMetadata(reader).toString('hex')
        return { version, value: reader.text() }
      },
    )
  }

  async putIfAbsent(
    cache: RemoteCacheName,
    key: string,
    value: string,
    lifespanMs: number | null,
  ): Promise<boolean> {
    return await this.#socket.ask(
      { operation: operations.putIfAbsent, cache },
      (writer) => {
        writer.text(key)
        writeLifespan(writer, lifespanMs)
        writer.text(value)
      },
      wasDone,
    )
  }

  async replace(
    cache: RemoteCacheName,
    key: string,
    version: string,
    value: string,
    lifespanMs: number | null,
  ): Promise<boolean> {
    return await this.#socket.ask(
      { operation: operations.replaceIfUnmodified, cache },
      (writer) => {
        writer.text(key)
        writeLifespan(writer, lifespanMs)
        writer.raw(Buffer.from(version, 'hex')).text(value)
      },
      wasDone,
    )
  }

  async remove(cache: RemoteCacheName, key: string): Promise<string | null> {
    return await this.#socket.ask(
      { operation: operations.remove, cache, previous: true },
      (writer) => writer.text(key),
      (reader, status) => (status === statuses.doneWithPrevious ? readPrevious(reader) : null),
    )
  }

  async ping(): Promise<void> {
    await this.#socket.ask({ operation: operations.ping, cache: '' }, () => undefined, readPing)
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

/** @returns whether a conditional operation was done; reads what was there before, where the server tells it */
function wasDone(reader: WireReader, status: number): boolean {
  const told = status === statuses.doneWithPrevious || status === statuses.notDoneWithPrevious
  if (told) readPrevious(reader)
  return status === statuses.done || status === statuses.doneWithPrevious
}

/** A value that was there before is told with its metadata. */
function readPrevious(reader: WireReader): string {
  readMetadata(reader)
  return reader.text()
}
