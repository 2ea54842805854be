import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from '../harness/free-port.ts'

/**
 * Stands between nodes and their database, to take it away. `frozen`: nothing is answered and nothing is closed, as when
 * a machine or a network vanishes; `refused`: connections are reset, as when PostgreSQL restarts.
 */
export class DatabaseProxy implements AsyncDisposable {
  readonly url: string
  readonly #server: Server
  readonly #pairs = new Set<readonly [Socket, Socket]>()
  #mode: 'open' | 'frozen' | 'refused' = 'open'

  private constructor(server: Server, url: string) {
    this.#server = server
    this.url = url
  }

  /** @param databaseUrl address with `host=` naming the directory of a Unix socket, or a TCP address */
  static async start(databaseUrl: string): Promise<DatabaseProxy> {
    const target = new URL(databaseUrl)
    const directory = target.searchParams.get('host')
    const port = Number(target.port)
    const open = () =>
      directory === null
        ? connect({ host: target.hostname, port })
        : connect({ path: `${directory}/.s.PGSQL.${port}` })
    const listening = await freePort()
    target.searchParams.delete('host')
    target.hostname = '127.0.0.1'
    target.port = String(listening)
    const server = createServer()
    const proxy = new DatabaseProxy(server, target.href)
    server.on('connection', (client) => proxy.#accept(client, open))
    await new Promise<void>((resolve) => server.listen(listening, '127.0.0.1', resolve))
    return proxy
  }

  freeze(): void {
    this.#mode = 'frozen'
    for (const [client, database] of this.#pairs) {
      client.unpipe()
      database.unpipe()
      client.pause()
      database.pause()
    }
  }

  refuse(): void {
    this.#mode = 'refused'
    this.#resetAll()
  }

  /** Frozen connections are reset: what was sent into them is lost, as after a failover. */
  restore(): void {
    this.#mode = 'open'
    this.#resetAll()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#resetAll()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket, open: () => Socket): void {
    client.on('error', () => undefined)
    if (this.#mode === 'refused') {
      client.destroy()
      return
    }
    const database = open()
    database.on('error', () => undefined)
    const pair = [client, database] as const
    this.#pairs.add(pair)
    for (const end of pair) {
      end.on('close', () => {
        for (const other of pair) other.destroy()
        this.#pairs.delete(pair)
      })
    }
    if (this.#mode === 'frozen') return
    client.pipe(database)
    database.pipe(client)
  }

  #resetAll(): void {
    for (const [client, database] of this.#pairs) {
      client.destroy()
      database.destroy()
    }
  }
}
