import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A port of the loopback interface behind which a PostgreSQL is, as long as it is open. */
export class PostgresGate implements AsyncDisposable {
  readonly name: string
  readonly user: string
  #server: Server
  readonly #path: string
  readonly #sockets = new Set<Socket>()
  #port = 0

  private constructor(url: URL) {
    this.name = url.pathname.slice(1)
    this.user = url.username
    this.#path = `${url.searchParams.get('host')}/.s.PGSQL.${url.port}`
    this.#server = this.#newServer()
  }

  /** @param url names a socket of the file system */
  static async open(url: string): Promise<PostgresGate> {
    const gate = new PostgresGate(new URL(url))
    await gate.reopen()
    return gate
  }

  get port(): number {
    return this.#port
  }

  /** Lets connections through, on the same port as before. */
  async reopen(): Promise<void> {
    this.#server = this.#newServer()
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#port = (this.#server.address() as AddressInfo).port
  }

  /** Cuts every connection, and takes no more. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.close()
  }

  #newServer(): Server {
    return createServer((outside) => {
      const inside = connect(this.#path)
      for (const socket of [outside, inside]) {
        this.#sockets.add(socket)
        socket.on('close', () => {
          this.#sockets.delete(socket)
          outside.destroy()
          inside.destroy()
        })
        socket.on('error', () => undefined)
      }
      outside.pipe(inside).pipe(outside)
    })
  }
}
