import { freePort } from '../harness/free-port.ts'
import { type ServerProcess, startServer } from '../harness/server-process.ts'

interface Place {
  readonly port: number
  readonly managementPort: number
  readonly meshPort: number
  server: ServerProcess
}

/** Several server processes on one database, killed and restarted at will. Each keeps its ports. */
export class NodeGroup implements AsyncDisposable {
  readonly #places: readonly Place[]
  readonly #databaseUrl: string
  readonly #starting = new Set<Promise<void>>()
  #stopped = false
  kills = 0

  constructor(databaseUrl: string, places: readonly Place[]) {
    this.#databaseUrl = databaseUrl
    this.#places = places
  }

  static async start(databaseUrl: string, nodes: number): Promise<NodeGroup> {
    const places: Place[] = []
    for (let node = 0; node < nodes; node++) {
      const ports = {
        port: await freePort(),
        managementPort: await freePort(),
        meshPort: await freePort(),
      }
      places.push({ ...ports, server: await startNode(databaseUrl, ports) })
    }
    return new NodeGroup(databaseUrl, places)
  }

  /** Origins of all nodes, running or not. */
  get origins(): URL[] {
    return this.#places.map(({ port }) => new URL(`http://127.0.0.1:${port}`))
  }

  /** What the nodes wrote, for the message of a failed test. */
  get logs(): string {
    return this.#places.map(({ server }) => server.log.slice(-2_000)).join('\n----\n')
  }

  /**
   * Kills a node with SIGKILL and starts it again; resolves as soon as it is dead. Waits for a node that is still
   * starting, so that a slow machine does not lose all nodes at once.
   */
  async kill(index: number): Promise<void> {
    await Promise.all([...this.#starting])
    const place = this.#places[index % this.#places.length]
    if (place === undefined || this.#stopped) return
    place.server.kill('SIGKILL')
    await place.server.exited
    this.kills += 1
    const restart = this.#restart(place).finally(() => this.#starting.delete(restart))
    this.#starting.add(restart)
  }

  /** Resolves when every node that was killed is ready again. */
  async untilAllReady(): Promise<void> {
    await Promise.all([...this.#starting])
    await Promise.all(this.#places.map(({ server }) => server.untilReady()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    await Promise.allSettled([...this.#starting])
    await Promise.all(this.#places.map(({ server }) => server.stop()))
  }

  async #restart(place: Place): Promise<void> {
    place.server = await startNode(this.#databaseUrl, place)
  }
}

function startNode(
  databaseUrl: string,
  ports: Pick<Place, 'port' | 'managementPort' | 'meshPort'>,
): Promise<ServerProcess> {
  return startServer({
    databaseUrl,
    port: ports.port,
    managementPort: ports.managementPort,
    options: [
      '--cache=ispn',
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${ports.meshPort}`,
    ],
    waitUntilReady: true,
  })
}
