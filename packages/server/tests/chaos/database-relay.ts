import { connect, createServer, type Server, type Socket } from 'node:net'

/** The address under which nodes know their database, as a virtual address would be: it can lead to another server. */
export class DatabaseRelay implements AsyncDisposable {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port: number
  /** Added to each direction, in milliseconds. */
  delayMs = 0

  private constructor(server: Server, port: number) {
    this.#server = server
    this.#port = port
  }

  /** @param target port of the database on the loopback interface */
  static async start(
    listen: { readonly host: string; readonly port: number },
    target: number,
  ): Promise<DatabaseRelay> {
    const server = createServer()
    const relay = new DatabaseRelay(server, target)
    server.on('connection', (client) => relay.#accept(client))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(listen.port, listen.host, resolve)
    })
    return relay
  }

  /** New connections lead to another port; open ones end. */
  moveTo(port: number): void {
    this.#port = port
    for (const socket of this.#sockets) socket.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    const database = connect({ host: '127.0.0.1', port: this.#port })
    this.#forward(client, database)
    this.#forward(database, client)
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay(true)
    from.on('error', () => undefined)
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    from.on('data', (chunk) => {
      if (this.delayMs === 0) to.write(chunk)
      else setTimeout(() => to.writable && to.write(chunk), this.delayMs)
    })
  }
}
