import { createServer, type Server, type Socket } from 'node:net'
import { freePort } from './free-port.ts'

/** Set to `blackhole`, every server of a behaviour test gets a second node, and neither hears the other. */
const variable = 'HOLDFAST_TEST_MESH'

/** @returns whether this run wants servers in pairs on a mesh that swallows everything; not where a test says `cache…` itself */
export function wantsBlackhole(command: string, options: readonly string[]): boolean {
  const serves = command === 'start-dev' || command === 'start'
  const chosen = options.some((option) => option.startsWith('--cache'))
  return process.env[variable] === 'blackhole' && serves && !chosen
}

/**
 * A mesh between two nodes that swallows everything: what each tells the other to dial takes connections and bytes, and
 * never says a word. The nodes see each other in the view, as with a firewall that drops packets.
 */
export class BlackholedMesh implements AsyncDisposable {
  readonly #tarpit: Server
  readonly #sockets: Set<Socket>

  private constructor(tarpit: Server, sockets: Set<Socket>) {
    this.#tarpit = tarpit
    this.#sockets = sockets
  }

  static async open(): Promise<BlackholedMesh> {
    const sockets = new Set<Socket>()
    const tarpit = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
      socket.resume()
    })
    await new Promise<void>((resolve) => tarpit.listen(0, '127.0.0.1', resolve))
    tarpit.unref()
    return new BlackholedMesh(tarpit, sockets)
  }

  /** Options of one node. */
  async options(): Promise<string[]> {
    const { port } = this.#tarpit.address() as { port: number }
    return [
      '--cache=ispn',
      '--cache-embedded-network-bind-address=127.0.0.1',
      `--cache-embedded-network-bind-port=${await freePort()}`,
      '--cache-embedded-network-external-address=127.0.0.1',
      `--cache-embedded-network-external-port=${port}`,
    ]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#tarpit.close(resolve))
  }
}
